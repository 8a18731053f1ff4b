package org.cryonext.bench.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.cryonext.bench.model.Mode;
import org.cryonext.bench.model.ModelSettings;
import org.cryonext.bench.paper.Card;
import org.cryonext.bench.paper.CardPeaks;
import org.cryonext.bench.paper.PaperRoofline;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.Precision;
import org.cryonext.engine.backend.cuda.PaperBackend;
import org.cryonext.engine.backend.cuda.driver.Architecture;
import org.cryonext.engine.backend.cuda.driver.CudaDevice;
import org.cryonext.engine.cases.OpCase;
import org.cryonext.engine.cases.OpCases;
import org.cryonext.engine.op.Gelu;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Size;
import org.cryonext.models.convnext.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;
import tools.jackson.databind.JsonNode;

/** What is written of a card, and how it passes from one process to the other. */
class GpuReportTest {
    private static final Finding.Case RIGHT =
            new Finding.Case("F16", 3, "Gelu", "Gelu[tanh=false] x=[2]", 1e-8, 1e-6, true, true);

    private static final List<Finding> FINDINGS = List.of(
            RIGHT,
            new Finding.Failed("cases", "F32 case 7", "the device is lost"),
            new Finding.Refused("Cast", "F32 Cast[to=U8] x=[3]", "U8 is not held", true),
            new Finding.Golden("v1", 203, 1.5e-6, "logits", List.of(), true),
            new Finding.Agreement("logits of tiny V1 in f16", 4e-7, 1e-4, true, List.of(1.5f), true),
            new Finding.Ceilings(4225, Map.of("f16", 295.0)),
            new Finding.Kernel("f16", 0, "Gelu", "x 2", new Finding.Work(8, 8, false), 2),
            new Finding.Model(
                    "v1",
                    "infer",
                    "f16",
                    256,
                    18.7,
                    18.8,
                    13671,
                    33,
                    1.5,
                    List.of(new Finding.NodeTime("Gelu", "F16 [2]", 1, 2, new Finding.Work(8, 8, false)))));

    private static final List<GpuTask> TASKS = List.of(
            new GpuTask.Case(DType.F16, 3),
            new GpuTask.Golden("v1"),
            new GpuTask.Logits(Version.V2, Precision.BF16),
            new GpuTask.Losses(Version.V1, Precision.TF32),
            new GpuTask.Ceilings(),
            new GpuTask.Kernel(DType.F32, 5),
            new GpuTask.Tiles(Precision.F16, 5),
            new GpuTask.Model(Version.V1, Mode.TRAIN_FULL, Precision.F16, 96));

    @TempDir
    private Path folder;

    @ParameterizedTest
    @FieldSource("TASKS")
    void tasksArriveAsTheyWereSent(GpuTask task) {
        String line = GpuJson.MAPPER.writerFor(GpuTask.class).writeValueAsString(task);
        assertThat(GpuJson.MAPPER.readValue(line, GpuTask.class)).isEqualTo(task);
    }

    @ParameterizedTest
    @FieldSource("FINDINGS")
    void findingsArriveAsTheyWereSent(Finding finding) {
        String line = GpuJson.MAPPER.writeValueAsString(finding);
        assertThat(line).doesNotContain("\n");
        assertThat(GpuJson.MAPPER.readValue(line, Finding.class)).isEqualTo(finding);
    }

    @Test
    void aFaultIsSaidOnceAndNothingPassesWithIt() throws IOException {
        GpuReport report = new GpuReport(Map.of("card", "NVIDIA H200"), card("NVIDIA H200", 132));
        FINDINGS.forEach(report::add);
        report.add(new Finding.Failed("cases", "F32 case 9", "the device is lost"));
        report.set(new GpuReport.Part("cases", 10, 10, 1.5));
        assertThat(report.passed()).isFalse();
        report.write(folder);
        String page = Files.readString(folder.resolve(GpuReport.PAGE));
        assertThat(page)
                .contains("2 findings are not as they should be")
                .containsOnlyOnce("the device is lost")
                .contains("F32 case 7 and 1 more, to F32 case 9")
                .contains("| Gelu | F16 | 1 | 1 | 1.00e-08 |")
                .contains("| v1 | infer | f16 | 256 | 13671 |");
        JsonNode json = GpuJson.MAPPER.readTree(folder.resolve(GpuReport.JSON).toFile());
        assertThat(json.get("passed").booleanValue()).isFalse();
        assertThat(json.get("models").get(0).get("images_per_second").doubleValue())
                .isEqualTo(13671);
    }

    /** As a driver describes it. */
    private static CudaDevice card(String name, int multiprocessors) {
        return new CudaDevice(
                0, name, new Architecture(9, 0), 141L << 30, multiprocessors, 232448, 233472, 65536, 0, 0, 0, 0, true);
    }

    private static Finding.Model timed(Mode mode, double milliseconds) {
        return new Finding.Model("v1", mode.toString(), "f16", 96, milliseconds, milliseconds, 1, 1, 1, List.of());
    }

    @Test
    void modelsStandBesideWhatThePaperModelPredicts() throws IOException {
        GpuReport report = new GpuReport(Map.of(), card("NVIDIA H200", 132));
        double infer = modelled(Mode.INFER);
        double train = modelled(Mode.TRAIN_FULL);
        report.add(timed(Mode.INFER, 2 * infer));
        report.add(timed(Mode.TRAIN_FULL, 0.75 * train));
        report.write(folder);
        assertThat(Files.readString(folder.resolve(GpuReport.PAGE)))
                .contains("cryonext roofline --device H200")
                .contains(String.format(Locale.ROOT, "| %.3f | %.3f | 2.00 |", 2 * infer, infer))
                .contains(String.format(Locale.ROOT, "| %.3f | %.3f | 0.75 |", 0.75 * train, train));
        JsonNode json = GpuJson.MAPPER.readTree(folder.resolve(GpuReport.JSON).toFile());
        assertThat(json.get("modelled_card").stringValue()).isEqualTo("H200");
        JsonNode trained = json.get("models").get(1);
        assertThat(trained.get("finding").stringValue()).isEqualTo("model");
        assertThat(trained.get("modelled_milliseconds").doubleValue()).isEqualTo(train);
        assertThat(trained.get("measured_by_modelled").doubleValue()).isCloseTo(0.75, within(1e-9));
    }

    private static double modelled(Mode mode) {
        ModelSettings settings = new ModelSettings(
                "tiny", ConvNextConfig.of(Version.V1, Size.TINY, 1000), mode, 224, 96, 1, false, Precision.F16);
        return PaperRoofline.of(settings, Card.H200).microseconds() / 1e3;
    }

    /** In every type that kernels are timed in, but for those that the card refuses. */
    @ParameterizedTest
    @EnumSource
    void everyTimedOperatorStandsBesideItsPrediction(Card card) throws IOException {
        GpuReport report = new GpuReport(Map.of(), card.device());
        GpuSettings settings = new GpuSettings(
                0, EnumSet.of(GpuPart.TIMINGS), false, "", 1, Optional.empty(), Optional.empty(), folder);
        List<OpCase> timings = OpCases.timings().toList();
        try (Backend paper = new PaperBackend(card.device(), Precision.F32)) {
            for (GpuTask task :
                    GpuPlan.tasks(GpuPart.TIMINGS, settings, card.device().architecture())) {
                if (task instanceof GpuTask.Kernel(DType dtype, int index)
                        && CaseProof.refusal(timings.get(index), dtype, paper).isEmpty()) {
                    String precision = dtype.toString().toLowerCase(Locale.ROOT);
                    report.add(new Finding.Kernel(precision, index, "", "", new Finding.Work(1, 1, false), 100));
                }
            }
        }
        report.write(folder);
        JsonNode kernels =
                GpuJson.MAPPER.readTree(folder.resolve(GpuReport.JSON).toFile()).get("kernels");
        assertThat(kernels.size()).isGreaterThan(100);
        assertThat(kernels).allSatisfy(kernel -> {
            double modelled = kernel.get("modelled_microseconds").doubleValue();
            assertThat(modelled).isGreaterThan(2);
            assertThat(kernel.get("measured_by_modelled").doubleValue()).isEqualTo(100 / modelled);
        });
    }

    /** All values of 64 images, read and written at the share of a copy's 4,253 GB/s that GELU reaches, and a gap. */
    @Test
    void anOperatorIsPredictedAtTheBatchThatItIsTimedAt() {
        List<OpCase> timings = OpCases.timings().toList();
        int index = IntStream.range(0, timings.size())
                .filter(i -> timings.get(i).op() instanceof Gelu)
                .findFirst()
                .orElseThrow();
        Shape shape = timings.get(index).inputs().getFirst().type().shape();
        double bytes = 2 * 2.0 * shape.size() / shape.dim(0) * 64;
        Finding.Kernel measured = new Finding.Kernel("f16", index, "Gelu", "", new Finding.Work(1, 1, false), 1);
        assertThat(new Predictions(card("NVIDIA H200", 132)).microseconds(measured))
                .hasValueSatisfying(
                        time -> assertThat(time).isCloseTo(2 + bytes / (4253 * 0.70) / 1e3, withinPercentage(1)));
    }

    @Test
    void ofACardThatIsNotModelledNothingIsPredicted() throws IOException {
        GpuReport report = new GpuReport(Map.of(), card("NVIDIA L40S", 142));
        report.add(timed(Mode.INFER, 12.5));
        report.write(folder);
        assertThat(Files.readString(folder.resolve(GpuReport.PAGE)))
                .contains(
                        "modelled: nothing; the model knows [T4, A100, RTX4090, H100, H200], and this card is none of them")
                .contains("| 12.500 |  |  | 12.500 |");
        JsonNode json = GpuJson.MAPPER.readTree(folder.resolve(GpuReport.JSON).toFile());
        assertThat(json.get("modelled_card").isNull()).isTrue();
        assertThat(json.get("models").get(0).get("modelled_milliseconds").isNull())
                .isTrue();
        assertThat(json.get("models").get(0).get("measured_by_modelled").isNull())
                .isTrue();
    }

    @Test
    void aCardIsModelledByItsNameIfItIsWhole() {
        assertThat(Card.of(card("NVIDIA H100 80GB HBM3", 132))).contains(Card.H100);
        assertThat(Card.of(card("NVIDIA H100 80GB HBM3 MIG 1g.10gb", 16))).isEmpty();
        assertThat(Card.of(card("NVIDIA H100 PCIe", 114))).isEmpty();
        assertThat(Card.of(card("Simulated GPU", 132))).isEmpty();
        for (Card known : Card.values()) {
            assertThat(Card.of(known.device())).contains(known);
        }
    }

    @Test
    void whatTimeDidNotReachIsNotPassed() {
        GpuReport report = new GpuReport(Map.of(), card("NVIDIA H200", 132));
        assertThat(report.passed()).isFalse();
        report.add(RIGHT);
        report.set(new GpuReport.Part("cases", 2, 1, 1));
        assertThat(report.undone()).isEqualTo(1);
        assertThat(report.passed()).isFalse();
        report.set(new GpuReport.Part("cases", 1, 1, 1));
        assertThat(report.passed()).isTrue();
    }

    @Test
    void aCeilingIsMemoryOrArithmeticWhicheverTakesLonger() {
        CardPeaks h200 = CardPeaks.of("NVIDIA H200").orElseThrow();
        Finding.Work copy = new Finding.Work(0, 4_800_000_000L, false);
        Finding.Work product = new Finding.Work(989_400_000_000L, 1000, true);
        assertThat(copy.microseconds(h200, "f16")).isCloseTo(1000, within(1e-3));
        assertThat(product.microseconds(h200, "f16")).isCloseTo(1000, within(1e-3));
        assertThat(product.microseconds(h200, "tf32")).isCloseTo(2000, within(1e-3));
        assertThat(copy.microseconds(h200.withGigabytes(2400), "f32")).isCloseTo(2000, within(1e-3));
        assertThat(CardPeaks.of("NVIDIA H100 PCIe").orElseThrow().gigabytes()).isEqualTo(2039);
        assertThat(CardPeaks.of("Simulated GPU")).isEmpty();
    }
}
