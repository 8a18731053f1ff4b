package org.cryonext.cryoet.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.cryonext.cryoet.run.Recipe;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.cryoet.tensorboard.EventReader;
import org.cryonext.cryoet.tensorboard.EventReader.Scalar;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What TensorBoard shows of a training is what its metrics say, each step once. */
class TrainingEventsTest {
    private static final Comparator<Scalar> ORDER =
            Comparator.comparing(Scalar::tag).thenComparing(Scalar::step);

    @TempDir
    private Path folder;

    private Path data;

    @BeforeEach
    void makeData() throws IOException {
        data = TinyData.write(folder.resolve("data"), 3, 12);
    }

    private TrainOptions options() {
        TrainOptions options = new TrainOptions(data, folder.resolve("run"));
        options.recipe = Recipe.SCRATCH;
        options.depths = List.of(1, 1, 1, 1);
        options.dims = List.of(4, 6, 8, 10);
        options.imageSize = 32;
        options.epochs = 3;
        options.batch = 4;
        options.tensorboard = true;
        return options;
    }

    private TrainOptions resume(boolean tensorboard) {
        TrainOptions options = new TrainOptions(data, folder.resolve("run"));
        options.resume = true;
        options.tensorboard = tensorboard;
        return options;
    }

    /** Stops when the metrics have so many lines. */
    private static RunFolder train(TrainOptions options, int most) {
        Path metrics = new RunFolder(options.out).metrics();
        try (Backend backend = new ReferenceBackend()) {
            TrainContext context = new TrainContext(
                    backend, Progress.none(), text -> {}, () -> lines(metrics).size() >= most);
            return Trainer.run(options, context).run();
        }
    }

    private static List<String> lines(Path metrics) {
        try {
            return Files.exists(metrics) ? Files.readAllLines(metrics) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Scalar> shown(RunFolder run) throws IOException {
        return EventReader.scalars(run.tensorboard()).stream().sorted(ORDER).toList();
    }

    /** What the metrics say, under the tags that docs/training.md names. */
    private static List<Scalar> measured(RunFolder run) throws IOException {
        Map<String, String> tags = Map.of(
                "loss", "loss/step",
                "lr_head", "learning_rate/head",
                "lr_backbone", "learning_rate/backbone",
                "images_per_second", "speed/images_per_second",
                "train_loss", "loss/train",
                "val_loss", "loss/validation",
                "train_accuracy", "accuracy/train",
                "val_accuracy", "accuracy/validation",
                "seconds", "speed/seconds_per_epoch");
        List<Scalar> scalars = new ArrayList<>();
        long step = -1;
        for (String line : lines(run.metrics())) {
            JsonNode node = JsonMapper.shared().readTree(line);
            step = node.has("step") ? node.get("step").asLong() : step;
            for (Map.Entry<String, JsonNode> value : node.properties()) {
                if (tags.containsKey(value.getKey())) {
                    scalars.add(new Scalar(tags.get(value.getKey()), step, (float)
                            value.getValue().asDouble()));
                }
            }
        }
        return scalars.stream().sorted(ORDER).toList();
    }

    private static int files(RunFolder run) throws IOException {
        try (Stream<Path> files = Files.list(run.tensorboard())) {
            return (int) files.count();
        }
    }

    @Test
    void theFiguresOfARun() throws IOException {
        RunFolder run = train(options(), Integer.MAX_VALUE);
        // Three steps and an epoch's figures, three times.
        assertThat(shown(run)).isEqualTo(measured(run)).hasSize(3 * (3 * 4 + 5));
    }

    @Test
    void aRunThatLostStepsGoesOnWithoutSayingSoAgain() throws IOException {
        RunFolder run = train(options(), 5);
        List<String> lines = lines(run.metrics());
        int next =
                (int) lines.stream().filter(line -> line.contains("\"step\"")).count();
        assertThat(next).isEqualTo(4);
        // As kill -9 leaves it: steps were written down that the state does not have.
        try (TrainingEvents events = TrainingEvents.open(run, next);
                MetricsLog metrics = MetricsLog.open(run.metrics(), lines.size())) {
            RunLog log = new RunLog(metrics, Optional.of(events));
            for (int step = next; step < next + 3; step++) {
                log.append(new LinkedHashMap<>(Map.of("step", step, "loss", 99)));
            }
        }
        train(resume(false), Integer.MAX_VALUE);
        assertThat(shown(run)).isEqualTo(measured(run)).hasSize(3 * (3 * 4 + 5));
        assertThat(files(run)).isEqualTo(3);
    }

    @Test
    void aRunThatWasBegunWithoutGetsThemFromItsBeginning() throws IOException {
        TrainOptions without = options();
        without.tensorboard = false;
        RunFolder run = train(without, 5);
        assertThat(run.tensorboard()).doesNotExist();
        train(resume(true), Integer.MAX_VALUE);
        assertThat(shown(run)).isEqualTo(measured(run)).hasSize(3 * (3 * 4 + 5));
        assertThat(files(run)).isEqualTo(1);
    }

    @Test
    void aRunWhoseMetricsAreDamagedGetsNone() throws IOException {
        TrainOptions without = options();
        without.tensorboard = false;
        RunFolder run = train(without, 5);
        List<String> lines = new ArrayList<>(lines(run.metrics()));
        lines.set(1, lines.get(1).substring(5));
        Files.write(run.metrics(), lines);
        assertThatThrownBy(() -> train(resume(true), Integer.MAX_VALUE))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(run.metrics() + " line 2: ")
                .hasMessageEndingWith("; restore it, or resume without --tensorboard");
        assertThat(run.tensorboard())
                .as("or the next resumption would go on as if they were there")
                .doesNotExist();
    }
}
