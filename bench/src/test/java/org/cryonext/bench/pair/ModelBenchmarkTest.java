package org.cryonext.bench.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.cryonext.bench.BenchJson;
import org.cryonext.bench.model.Mode;
import org.cryonext.bench.model.ModelSettings;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ModelBenchmarkTest {
    private static final PairSettings SHORT = new PairSettings(0.01, 2);

    @TempDir
    private Path folder;

    private static ModelSettings model(Version version, Mode mode) {
        ConvNextConfig config = ConvNextConfig.of(version, List.of(1, 2, 1, 1), List.of(8, 12, 16, 20), 5);
        return new ModelSettings("convnext-test", config, mode, 45, 2, 1);
    }

    /** A program whose process this engine's own stands for. */
    private record Stand(List<String> layouts, BiFunction<Path, ModelSettings, List<String>> arguments)
            implements Peer {
        Stand(BiFunction<Path, ModelSettings, List<String>> arguments) {
            this(List.of("contiguous"), arguments);
        }

        @Override
        public String column() {
            return "torch";
        }

        @Override
        public String name() {
            return "Stand-in";
        }

        @Override
        public List<String> command(Path folder, ModelSettings settings, String layout) {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--add-modules",
                    "jdk.incubator.vector",
                    "-cp",
                    System.getProperty("java.class.path"),
                    OwnProcess.class.getName()));
            command.addAll(arguments.apply(folder, settings));
            return command;
        }
    }

    private static List<String> same(Path folder, ModelSettings s) {
        return List.of(folder.toString(), s.mode().toString(), "2", "45", "1", "false");
    }

    @ParameterizedTest
    @EnumSource(names = {"INFER", "TRAIN_STAGE3"})
    void aModelIsMeasuredAlone(Mode mode) {
        ModelRow row = ModelBenchmark.run(model(Version.V2, mode), SHORT, Peers.none(), Progress.none());
        assertThat(row.mode()).isEqualTo(mode.toString());
        assertThat(row.ours()).isPositive();
        assertThat(row.torch()).isNull();
        Speed ours = row.pairs().getFirst().ours();
        assertThat(ours.runs()).isGreaterThanOrEqualTo(6);
        assertThat(ours.slowest()).isLessThanOrEqualTo(ours.median());
        assertThat(ours.median()).isLessThanOrEqualTo(ours.fastest());
        // A Java process that has computed something has some tens of megabytes; this one has its own.
        assertThat(ours.peakMegabytes()).isBetween(20.0, 1000.0);
        assertThat(ours.program()).startsWith("cpu: ");
    }

    @Test
    void aPairHasTheRatioOfItsOwnMedians() {
        ModelRow row = ModelBenchmark.run(
                model(Version.V1, Mode.TRAIN_FULL),
                SHORT,
                Peers.of(new Stand(List.of("contiguous", "channels_last"), ModelBenchmarkTest::same)),
                Progress.none());
        PairResult pair = row.pairs().getFirst();
        assertThat(pair.difference()).isZero();
        assertThat(pair.peaks()).hasSize(4).allSatisfy(peak -> assertThat(peak).isPositive());
        assertThat(row.torch()).isEqualTo(pair.theirs().median());
        assertThat(row.ratioTorch())
                .isCloseTo(pair.ours().median() / pair.theirs().median(), within(1e-12));

        Path json = folder.resolve("rows.json");
        BenchJson.write(json, List.of(), List.of(row));
        JsonNode written = new JsonMapper().readTree(json.toFile()).at("/rows/0");
        assertThat(written.propertyNames())
                .containsExactlyInAnyOrder(
                        "model", "mode", "batch", "threads", "ours", "torch", "ratio_torch", "pairs");
        assertThat(written.get("ratio_torch").doubleValue()).isEqualTo(row.ratioTorch());
    }

    @Test
    void nothingIsTimedWhereResultsDiffer() {
        // Inference gives logits where losses are expected.
        Peer other = new Stand((folder, s) -> List.of(folder.toString(), "infer", "2", "45", "1", "false"));
        assertThatThrownBy(() ->
                        ModelBenchmark.run(model(Version.V1, Mode.TRAIN_HEAD), SHORT, Peers.of(other), Progress.none()))
                .isInstanceOf(InputException.class)
                .hasMessage("Stand-in gave 10 numbers, and this engine 3");
        // All parameters are updated where the classifier's alone should be: the first loss is the same.
        Peer full = new Stand((folder, s) -> List.of(folder.toString(), "train_full", "2", "45", "1", "false"));
        assertThatThrownBy(() ->
                        ModelBenchmark.run(model(Version.V1, Mode.TRAIN_HEAD), SHORT, Peers.of(full), Progress.none()))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("The results of Stand-in and this engine differ by ");
    }

    @Test
    void aProgramThatStopsIsQuoted() {
        Peer broken = new Stand((folder, s) -> List.of("nowhere", "infer", "2", "45", "1", "false"));
        assertThatThrownBy(() ->
                        ModelBenchmark.run(model(Version.V1, Mode.INFER), SHORT, Peers.of(broken), Progress.none()))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("Stand-in stopped: ")
                .hasMessageContaining("nowhere");
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    @EnabledIfSystemProperty(
            named = "cryonext.peers",
            matches = "true",
            disabledReason = "the 156 MB of the other programs are fetched for -Dcryonext.peers=true alone")
    void onnxRuntimeAndPyTorchComputeTheSame(Version version) {
        ModelRow row = ModelBenchmark.run(
                model(version, Mode.INFER), SHORT, Peers.ofInference(Progress.none()), Progress.none());
        assertThat(row.ratioOrt()).isPositive();
        assertThat(row.ratioTorch()).isPositive();
        assertThat(row.pairs()).allSatisfy(pair -> assertThat(pair.difference()).isLessThan(1e-5));
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    @EnabledIfSystemProperty(
            named = "cryonext.python",
            matches = ".+",
            disabledReason = "-Dcryonext.python=PATH names no Python that has torch")
    void pyTorchTrainsTheSame(Mode mode) {
        Peers python = Peers.ofTraining(Path.of(System.getProperty("cryonext.python")));
        for (Version version : Version.values()) {
            ModelRow row = ModelBenchmark.run(model(version, mode), SHORT, python, Progress.none());
            assertThat(row.pairs().getFirst().difference()).isLessThan(1e-5);
        }
    }
}
