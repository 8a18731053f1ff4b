package org.cryonext.cryoet.train;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.cryoet.tensorboard.EventFile;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;
import org.cryonext.engine.io.JsonFault;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * The figures of {@code metrics.jsonl} for TensorBoard. Those of an epoch stand at its last step, so that all share one
 * axis.
 */
final class TrainingEvents implements AutoCloseable {
    private static final String STEP = "step";

    private static final Map<String, String> STEP_TAGS = Map.of(
            "loss", "loss/step",
            "lr_head", "learning_rate/head",
            "lr_backbone", "learning_rate/backbone",
            "images_per_second", "speed/images_per_second");

    private static final Map<String, String> EPOCH_TAGS = Map.of(
            "train_loss", "loss/train",
            "val_loss", "loss/validation",
            "train_accuracy", "accuracy/train",
            "val_accuracy", "accuracy/validation",
            "seconds", "speed/seconds_per_epoch");

    private final EventFile events;
    private long step;

    private TrainingEvents(EventFile events, long step) {
        this.events = events;
        this.step = step;
    }

    /** Whether a run has events, or is asked for them. */
    static boolean wanted(TrainOptions options, RunFolder run) {
        return options.tensorboard || Files.isDirectory(run.tensorboard());
    }

    /**
     * Begins a file of events. A run that was begun without gets those of the steps that it has made, too.
     *
     * @param step the one that is made next; the metrics hold those before it
     */
    static TrainingEvents open(RunFolder run, long step) {
        boolean first = !EventFile.isIn(run.tensorboard());
        // Read before anything is begun: events without these steps would be taken for all that there are.
        List<SequencedMap<String, Object>> earlier = first && step > 0 ? lines(run.metrics()) : List.of();
        TrainingEvents events = new TrainingEvents(EventFile.create(run.tensorboard(), first ? 0 : step), step - 1);
        earlier.forEach(events::add);
        return events;
    }

    private static List<SequencedMap<String, Object>> lines(Path metrics) {
        List<SequencedMap<String, Object>> lines = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(metrics, StandardCharsets.UTF_8)) {
                lines.add(JsonMapper.shared().readValue(line, new TypeReference<LinkedHashMap<String, Object>>() {}));
            }
            return lines;
        } catch (JacksonException e) {
            throw new InputException(
                    metrics + " line " + (lines.size() + 1) + ": " + JsonFault.words(e)
                            + "; restore it, or resume without --tensorboard",
                    e);
        } catch (IOException e) {
            throw InputFile.unreadable(metrics, "the metrics of a run", e);
        }
    }

    /** Adds a line of the metrics. */
    void add(SequencedMap<String, Object> line) {
        boolean ofStep = line.get(STEP) instanceof Number;
        if (line.get(STEP) instanceof Number made) {
            step = made.longValue();
        }
        Map<String, String> tags = ofStep ? STEP_TAGS : EPOCH_TAGS;
        Map<String, Double> values = new LinkedHashMap<>();
        line.forEach((key, value) -> {
            if (tags.containsKey(key) && value instanceof Number number) {
                values.put(tags.get(key), number.doubleValue());
            }
        });
        events.scalars(step, values);
    }

    /** Makes sure that all of it is on the disk. */
    void sync() {
        events.sync();
    }

    @Override
    public void close() {
        events.close();
    }
}
