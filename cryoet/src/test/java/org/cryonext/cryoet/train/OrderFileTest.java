package org.cryonext.cryoet.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.cryonext.cryoet.evaluate.EvaluationSettings;
import org.cryonext.cryoet.evaluate.Evaluator;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.checkpoint.Preprocessing;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OrderFileTest {
    private static final String GOOD = """
            {"samples": [{"tomo": "model_0", "line": 1}, {"tomo": "model_0", "line": 2}, {"tomo": "model_1", "line": 3}],
             "train": [0, 2], "val": [1], "epochs": [[[0, 2], [2]], [[2, 0]]],
             "test": [{"tomo": "model_2", "line": 1}], "author": "ignored"}
            """;

    @TempDir
    private Path folder;

    private OrderFile read(String text) throws IOException {
        return OrderFile.read(Files.writeString(folder.resolve("order.json"), text));
    }

    private void requireMessage(String text, String message) throws IOException {
        Files.writeString(folder.resolve("order.json"), text);
        assertThatThrownBy(() -> OrderFile.read(folder.resolve("order.json")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("order.json")
                .hasMessageContaining(message);
    }

    @Test
    void aFileIsReadWhole() throws IOException {
        OrderFile order = read(GOOD);
        assertThat(order.samples()).hasSize(3).contains(new OrderFile.Place("model_1", 3));
        assertThat(order.train()).containsExactly(0, 2);
        assertThat(order.validation()).containsExactly(1);
        assertThat(order.epochs()).hasSize(2);
        assertThat(order.epochs().getFirst().get(1)).containsExactly(2);
        assertThat(order.test()).containsExactly(new OrderFile.Place("model_2", 1));
        assertThat(order.classWeights()).isEmpty();
        assertThat(read(GOOD.replace("\"author\"", "\"class_weights\": [0.5, 2], \"author\""))
                        .classWeights())
                .containsExactly(0.5, 2.0);
    }

    @Test
    void whatIsWrongIsNamedByItsPlace() throws IOException {
        requireMessage("nonsense", "order.json: it is no longer JSON at line 1, column");
        requireMessage(GOOD.replace("\"val\"", "\"validation\""), "lacks the key \"val\"");
        requireMessage(GOOD.replace("[1]", "[3]"), "val[0] is 3, expected an index into samples, 0 to 2");
        requireMessage(GOOD.replace("[2, 0]", "[2, -1]"), "epochs[1][0][1] is -1, expected an index into samples");
        requireMessage(GOOD.replace("[2]]", "[]]"), "epochs[0][1] is [], expected a batch");
        requireMessage(GOOD.replace("\"line\": 2", "\"row\": 2"), "samples[1] is {\"tomo\":\"model_0\",\"row\":2}");
        requireMessage(GOOD.replace("\"line\": 2", "\"line\": 2.5"), "samples[1]");
        requireMessage(GOOD.replace("\"author\"", "\"class_weights\": [1, -1], \"author\""), "class_weights is -1");
        requireMessage(GOOD.replace("[[[0, 2], [2]], [[2, 0]]]", "[]"), "epochs is empty");
        assertThatThrownBy(() -> OrderFile.read(folder.resolve("absent.json")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("absent.json");
    }

    @Test
    void particlesAndNumbersMustBeTheDataSets() throws IOException {
        Path data = TinyData.write(folder.resolve("data"), 3, 6);
        Path init = folder.resolve("init");
        Checkpoint.fresh(
                        ConvNextConfig.of(Version.V2, List.of(1, 1, 1, 1), List.of(2, 2, 2, 2), 3),
                        Preprocessing.imageNet(32),
                        1)
                .write(init);
        Map<String, String> wrong = Map.of(
                GOOD.replace("\"line\": 2", "\"line\": 70"),
                "samples[1]: " + data.resolve("model_0").resolve("particle_locations.txt")
                        + " has no particle on line 70; lines count from 1",
                GOOD.replace("model_1", "model_8"),
                "no tomogram \"model_8\"",
                GOOD.replace("\"author\"", "\"class_weights\": [1, 1], \"author\""),
                "class_weights has 2 numbers, but there are 3 classes: large, medium, small");
        wrong.forEach((text, message) -> {
            TrainOptions options = new TrainOptions(data, folder.resolve("run"));
            options.init = init;
            options.imageSize = 32;
            options.order = folder.resolve("order.json");
            assertThatThrownBy(() -> {
                        Files.writeString(options.order, text);
                        train(options);
                    })
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining(message);
        });
        TrainOptions options = new TrainOptions(data, folder.resolve("run"));
        options.init = init;
        options.imageSize = 32;
        options.order = Files.writeString(folder.resolve("order.json"), GOOD);
        options.epochs = 3;
        assertThatThrownBy(() -> train(options))
                .hasMessageContaining("--epochs is 3, but")
                .hasMessageContaining("of 2");
        options.epochs = null;
        options.batch = 4;
        assertThatThrownBy(() -> train(options)).hasMessageContaining("--batch is 4, but the largest batch");
        options.batch = null;
        // Batches of 2 and of 1 in one epoch: each has a program of its size.
        TrainResult result = train(options);
        assertThat(result.steps()).isEqualTo(3);
        // Every particle is close to a border, which the recipe paper does not let count.
        EvaluationSettings settings = EvaluationSettings.of(options.out, data);
        try (Backend backend = new ReferenceBackend()) {
            assertThat(Evaluator.run(settings, backend, Progress.none(), text -> {})
                            .predictions())
                    .singleElement()
                    .satisfies(prediction -> assertThat(prediction.line()).isEqualTo(1));
        }
    }

    private static TrainResult train(TrainOptions options) {
        try (Backend backend = new ReferenceBackend()) {
            return Trainer.run(options, Quiet.context(backend));
        }
    }
}
