package org.cryonext.cryoet.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.convnext.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Lays a whole training, first of the head alone and then of the last stage too, beside PyTorch's on the same data, initial
 * weights and batches. The fixtures are made by tools/python/train_reference.py, which says how.
 */
final class TrainingProofTest {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final Path FIXTURES = Path.of("src/test/resources/training");
    private static final int EPOCHS = TrainingProofInputs.EPOCHS;
    private static final int UNFREEZE = 6;
    private static final int STEPS = 72;

    /** The largest difference seen is 2e-6. */
    private static final double TOLERANCE = 1e-5;

    @TempDir
    private Path folder;

    private RunFolder train(Version version, Backend backend) throws IOException {
        TrainOptions options = new TrainOptions(TrainingProofInputs.data(folder), folder.resolve("run"));
        options.init = FIXTURES.resolve("init-" + version.name().toLowerCase(Locale.ROOT));
        options.order = FIXTURES.resolve("order.json");
        options.imageSize = 40;
        options.headRate = 1e-2;
        options.backboneRate = 2e-3;
        options.unfreeze = Map.of(3, UNFREEZE);
        options.patience = 0;
        try (backend) {
            return Trainer.run(options, Quiet.context(backend)).run();
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyStepsLossIsPyTorchsOnTheCpu(Version version) throws IOException {
        requireSame(version, train(version, new CpuBackend(2)));
    }

    @ParameterizedTest
    @EnumSource
    void everyStepsLossIsPyTorchsOnTheReference(Version version) throws IOException {
        requireSame(version, train(version, new ReferenceBackend()));
    }

    private static void requireSame(Version version, RunFolder run) throws IOException {
        JsonNode expected = MAPPER.readTree(
                Files.readString(FIXTURES.resolve("losses-" + version.name().toLowerCase(Locale.ROOT) + ".json")));
        JsonNode losses = expected.get("losses");
        List<JsonNode> steps = new ArrayList<>();
        List<JsonNode> epochs = new ArrayList<>();
        for (String line : Files.readAllLines(run.metrics())) {
            JsonNode node = MAPPER.readTree(line);
            (node.has("step") ? steps : epochs).add(node);
        }
        assertThat(steps).hasSize(STEPS);
        assertThat(losses.size()).isEqualTo(STEPS);
        for (int i = 0; i < STEPS; i++) {
            double reference = losses.get(i).asDouble();
            double difference = Math.abs(steps.get(i).get("loss").asDouble() - reference) / reference;
            assertThat(difference).as("relative difference of step " + i).isLessThan(TOLERANCE);
        }
        // A training that stood still would prove nothing.
        assertThat(losses.get(STEPS - 1).asDouble())
                .isLessThan(0.7 * losses.get(0).asDouble());
        for (int e = 0; e < EPOCHS; e++) {
            assertThat(epochs.get(e).get("val_accuracy").asDouble())
                    .isEqualTo(expected.get("val_accuracy").get(e).asDouble());
            double loss = expected.get("val_loss").get(e).asDouble();
            assertThat(epochs.get(e).get("val_loss").asDouble()).isCloseTo(loss, within(1e-4 * loss));
        }
    }

    /** The fixtures are PyTorch's on these inputs and on no others. */
    @Test
    void theFixturesAreOfTheInputsThatAreMadeHere() throws IOException {
        TrainingProofInputs.write(folder);
        assertThat(folder.resolve("order.json")).hasSameTextualContentAs(FIXTURES.resolve("order.json"));
        for (String init : List.of("init-v1", "init-v2")) {
            Path made = folder.resolve(init).resolve(Checkpoint.WEIGHTS);
            assertThat(Files.mismatch(made, FIXTURES.resolve(init).resolve(Checkpoint.WEIGHTS)))
                    .as("first byte of %s that differs", made)
                    .isEqualTo(-1);
        }
    }
}
