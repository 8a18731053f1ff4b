package org.cryonext.cryoet.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.cryoet.train.TrainContext;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class DemoTest {
    /** As small as can be: three tomograms, a network of a few thousand weights, one epoch. */
    private static final DemoSettings TINY = new DemoSettings(
            3, List.of(64, 64, 64), 6, List.of(1, 1, 1, 1), List.of(8, 8, 8, 8), 1, 2, 4, 1e-3, 1, null);

    @TempDir
    private Path folder;

    private final List<String> said = new ArrayList<>();

    private Optional<DemoResult> run(Path out, DemoSettings settings, BooleanSupplier stop) {
        try (Backend backend = new CpuBackend(1)) {
            return Demo.run(out, settings, 1, new TrainContext(backend, Progress.none(), said::add, stop));
        }
    }

    @Test
    void goesTheWholeRoadAndIsNotDoneTwice() throws IOException {
        Path out = folder.resolve("demo");
        DemoResult result = run(out, TINY, () -> false).orElseThrow();
        assertThat(result.tomogram()).isEqualTo("model_2");
        assertThat(result.report())
                .isEqualTo(out.resolve("report.html"))
                .content()
                .contains("CryoNeXt demo");
        for (String figure : List.of("loss", "accuracy")) {
            assertThat(out.resolve("figures/" + figure + "_grandmodel.png")).isRegularFile();
            assertThat(out.resolve("figures/" + figure + "_reconstruction.png")).isRegularFile();
        }
        JsonNode json = JsonMapper.shared().readTree(Files.readString(out.resolve("metrics.json")));
        assertThat(json.at("/grandmodel/f1_macro/value").asDouble())
                .isEqualTo(result.grandmodel().metrics().f1().value());
        assertThat(json.at("/reconstruction/f1_macro/value").asDouble())
                .isEqualTo(result.reconstruction().metrics().f1().value());
        assertThat(json.get("train_seconds").asDouble()).isPositive().isEqualTo(result.trainSeconds());
        assertThat(json.at("/reconstruction/beside/size_alone/f1_macro/value").isNumber())
                .isTrue();
        assertThat(json.at("/grandmodel/beside/most_frequent/network_less_this/mcnemar/p")
                        .isNumber())
                .isTrue();
        assertThat(out.resolve("predictions_reconstruction_size_alone.csv")).isRegularFile();
        assertThat(new RunFolder(out.resolve("run-grandmodel"))
                        .settings()
                        .hyperparameters()
                        .epochs())
                .isEqualTo(1);
        assertThat(new RunFolder(out.resolve("run-reconstruction"))
                        .settings()
                        .hyperparameters()
                        .epochs())
                .isEqualTo(2);
        assertThat(result.report())
                .content()
                .contains("protocol and the fair one", "What the network adds", "Alignment of model_2")
                .as("each network has its own recipe")
                .contains("<dd>scratch for the grandmodel, best for the reconstruction</dd>");
        byte[] weights = Files.readAllBytes(out.resolve("run-grandmodel/best/model.safetensors"));
        DemoResult again = run(out, TINY, () -> false).orElseThrow();
        assertThat(again.trainSeconds()).isEqualTo(result.trainSeconds());
        assertThat(again.reconstruction().metrics().f1())
                .isEqualTo(result.reconstruction().metrics().f1());
        assertThat(Files.readAllBytes(out.resolve("run-grandmodel/best/model.safetensors")))
                .isEqualTo(weights);
        DemoSettings longer = new DemoSettings(
                3, TINY.size(), 6, TINY.depths(), TINY.dims(), 2, 2, TINY.batch(), TINY.rate(), TINY.seed(), null);
        assertThatThrownBy(() -> run(out, longer, () -> false))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("holds a demo of other settings");
    }

    @Test
    void stoppedItGoesOnWhereItWas() {
        Path out = folder.resolve("demo");
        boolean[] stop = {false};
        BooleanSupplier inTheMiddle = () -> stop[0] |= said.stream().anyMatch(text -> text.startsWith("Epoch 0"));
        assertThat(run(out, TINY, inTheMiddle)).isEmpty();
        assertThat(out.resolve("report.html")).doesNotExist();
        said.clear();
        assertThat(run(out, TINY, () -> false)).isPresent();
        assertThat(said).anyMatch(text -> text.contains("run-grandmodel is complete"));
    }

    @Test
    void whatIsNoDemoIsLeftAlone() throws IOException {
        Path other = Files.createDirectory(folder.resolve("other"));
        Files.writeString(other.resolve("thesis.txt"), "all my work");
        assertThatThrownBy(() -> run(other, TINY, () -> false))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(
                        "exists and is not a demo: it has no demo.json; choose another folder with --out");
        assertThat(other).isDirectoryContaining(path -> path.endsWith("thesis.txt"));
        assertThatThrownBy(() -> run(other.resolve("thesis.txt"), TINY, () -> false))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("exists and is not a demo");
    }

    @Test
    void aFullDiskIsForeseen() throws IOException {
        DemoFolder demo = DemoFolder.open(Files.createDirectory(folder.resolve("demo")), TINY);
        assertThatThrownBy(() -> demo.requireSpace(Long.MAX_VALUE / 4, 3))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("MiB of disk")
                .hasMessageContaining("choose another folder with --out, or try --quick");
    }
}
