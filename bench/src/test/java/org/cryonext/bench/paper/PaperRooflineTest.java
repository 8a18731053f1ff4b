package org.cryonext.bench.paper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.cryonext.bench.model.Mode;
import org.cryonext.bench.model.ModelSettings;
import org.cryonext.engine.backend.Precision;
import org.cryonext.engine.backend.cuda.LaunchWork;
import org.cryonext.engine.backend.cuda.PlannedLaunch;
import org.cryonext.engine.backend.cuda.driver.Grid;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Size;
import org.cryonext.models.convnext.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PaperRooflineTest {
    private static ModelSettings tiny(Version version, Mode mode, Precision precision, int batch) {
        String name = version == Version.V1 ? "convnext-tiny" : "convnextv2-tiny";
        return new ModelSettings(
                name, ConvNextConfig.of(version, Size.TINY, 1000), mode, 224, batch, 1, false, precision);
    }

    /** 5C and 13C values a pixel and block: 21.5 and 55.8 MB of tiny in f16, before stem, downsamples and head. */
    @Test
    void theFusedMinimumIsThatOfItsBlocksAndLittleMore() {
        long first = FusedMinimum.of(
                        tiny(Version.V1, Mode.INFER, Precision.F16, 1).config(), 224, 2)
                .imageBytes();
        long second = FusedMinimum.of(
                        tiny(Version.V2, Mode.INFER, Precision.F16, 1).config(), 224, 2)
                .imageBytes();
        assertThat(second - first).isEqualTo(2 * 8 * (3 * 3136 * 96 + 3 * 784 * 192 + 9 * 196 * 384 + 3 * 49 * 768));
        assertThat(first / 1e6).isCloseTo(21.45 + 2.56, within(0.01));
    }

    /** Blocks of both variants have four launches at most, those of V1 whose MLP is one kernel two; what is not a block has twelve. */
    @Test
    void inferenceHasFewLaunches() {
        PaperRoofline first = PaperRoofline.of(tiny(Version.V1, Mode.INFER, Precision.F16, 256), Card.H100);
        assertThat(first.blockLaunches()).isLessThanOrEqualTo(4);
        assertThat(first.restLaunches()).isLessThanOrEqualTo(12);
        assertThat(first.launches() - first.restLaunches()).isEqualTo(15 * 2 + 3 * 4);
        assertThat(launches(first, "mlp_whole")).containsExactlyInAnyOrder(3, 3, 9);
        PaperRoofline second = PaperRoofline.of(tiny(Version.V2, Mode.INFER, Precision.F16, 256), Card.H100);
        assertThat(second.blockLaunches()).isLessThanOrEqualTo(4);
        assertThat(launches(second, "mlp_first")).containsExactlyInAnyOrder(3, 3, 9, 3);
    }

    /** The third stage of 96 images would leave multiprocessors idle. */
    @Test
    void aSmallerBatchHasItsMlpsInPartsWhereTheyFillTheCard() {
        PaperRoofline step = PaperRoofline.of(tiny(Version.V1, Mode.INFER, Precision.F16, 96), Card.H100);
        assertThat(launches(step, "mlp_whole")).containsExactlyInAnyOrder(3, 3);
        assertThat(launches(step, "depthwise7_norm")).containsExactly(9);
    }

    /** The fused minimum and half of it again, where shared memory holds the rows of all MLPs of V1 but the widest. */
    @Test
    void inferenceMovesFewBytes() {
        for (Card card : List.of(Card.A100, Card.H100, Card.H200)) {
            for (Version version : Version.values()) {
                PaperRoofline step = PaperRoofline.of(tiny(version, Mode.INFER, Precision.F16, 256), card);
                assertThat(1e6 * step.megabytesPerImage())
                        .as("%s on %s", version, card)
                        .isLessThanOrEqualTo(1.5 * step.minimum().perImage(256));
            }
        }
    }

    private static List<Integer> launches(PaperRoofline step, String kernel) {
        return step.rows().stream()
                .filter(row -> row.kernel().startsWith(kernel))
                .map(PaperRow::launches)
                .toList();
    }

    /** All parameters at once. */
    @Test
    void trainingUpdatesInOneLaunch() {
        PaperRoofline step = PaperRoofline.of(tiny(Version.V1, Mode.TRAIN_FULL, Precision.F16, 8), Card.T4);
        assertThat(step.rows())
                .filteredOn(row -> row.kernel().equals("adam_w"))
                .singleElement()
                .satisfies(row -> {
                    assertThat(row.launches()).isEqualTo(1);
                    assertThat(row.readMegabytes()).isCloseTo(28.59 * 4 * 4, within(2.0));
                    assertThat(row.writtenMegabytes()).isCloseTo(28.59 * 3 * 4, within(1.0));
                });
    }

    @Test
    void knowsWhatACardLacks() {
        assertThat(PaperRoofline.runs(Card.T4, Precision.TF32)).isFalse();
        assertThat(PaperRoofline.runs(Card.T4, Precision.F16)).isTrue();
        assertThat(PaperRoofline.runs(Card.A100, Precision.TF32)).isTrue();
        assertThat(PaperRoofline.of(tiny(Version.V1, Mode.TRAIN_FULL, Precision.F32, 512), Card.T4)
                        .fits())
                .isFalse();
    }

    /** No launch is modelled faster than the card's peaks allow, and no step than its launches. */
    @Test
    void staysBelowTheRoofline() {
        for (Card card : Card.values()) {
            for (Precision precision : List.of(Precision.F32, Precision.F16)) {
                PaperRoofline step = PaperRoofline.of(tiny(Version.V2, Mode.INFER, precision, 96), card);
                assertThat(step.rows())
                        .allSatisfy(row -> assertThat(row.microseconds()).isGreaterThan(row.roofline()));
                assertThat(step.microseconds()).isGreaterThan(step.stepRoofline());
            }
        }
    }

    @Test
    void saysWhatBoundsALaunch() {
        KernelModel model = new KernelModel(Card.H200);
        Grid many = Grid.of(10000, 256);
        assertThat(bound(model, "add_f16", many, new LaunchWork(1L << 30, 1L << 29, 0, 0, 2)))
                .isEqualTo(KernelModel.Bound.BYTES);
        assertThat(bound(model, "linear_128x128_by8_f16", many, new LaunchWork(1 << 20, 1 << 20, 1L << 40, 0, 2)))
                .isEqualTo(KernelModel.Bound.FLOPS);
        assertThat(bound(model, "linear_32x32_by8_f16", Grid.of(2, 128), new LaunchWork(1 << 10, 1 << 10, 1, 0, 96)))
                .isEqualTo(KernelModel.Bound.LATENCY);
        assertThat(bound(model, "add_f16", Grid.of(1, 256), new LaunchWork(64, 64, 0, 0, 1)))
                .isEqualTo(KernelModel.Bound.LAUNCH);
    }

    private static KernelModel.Bound bound(KernelModel model, String kernel, Grid grid, LaunchWork work) {
        return model.time(new PlannedLaunch(kernel, grid, work)).bound();
    }

    @Test
    void writesWhatItSaysAndThatItWasNotMeasured(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("step.json");
        PaperRoofline step = PaperRoofline.of(tiny(Version.V1, Mode.INFER, Precision.F16, 1), Card.A100);
        PaperJson.write(file, step);
        JsonNode read = JsonMapper.shared().readTree(Files.readAllBytes(file));
        assertThat(read.get("measured").asBoolean()).isFalse();
        assertThat(read.get("card").get("gigabytes").asDouble()).isEqualTo(2039);
        assertThat(read.get("rows").size()).isEqualTo(step.rows().size());
        assertThat(read.get("microseconds").asDouble()).isEqualTo(step.microseconds());
    }

    @Test
    void saysWhichAimsAreHeld() {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        PaperPage page = new PaperPage(out, Card.T4);
        page.head();
        page.kernels(PaperRoofline.of(tiny(Version.V1, Mode.INFER, Precision.F16, 256), Card.T4), 5);
        page.aims(List.of(tiny(Version.V1, Mode.INFER, Precision.F16, 256)));
        out.flush();
        assertThat(text.toString())
                .contains("T4 on paper, not measured: 320 GB/s")
                .contains("images/s; at least 2200: ")
                .contains("times the fused minimum")
                .contains("launches a block; at most 4: held")
                .contains("launches for the rest; at most 12: held");
    }
}
