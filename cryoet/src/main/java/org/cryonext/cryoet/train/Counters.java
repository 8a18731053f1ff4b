package org.cryonext.cryoet.train;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.cryonext.engine.io.InputException;

/** Where a run stands, beside the values of its variables. */
final class Counters {
    private static final String METRICS_LINES = "metrics_lines";

    int epoch;
    int batch;
    long step;
    long optimizerSteps;
    double lossSum;
    long correct;
    long seen;
    double seconds;
    int bestEpoch = -1;
    double bestAccuracy = Double.NaN;
    int epochsWithoutBetter;
    boolean finished;
    long metricsLines;

    /** Counts a step that trained on so many samples. */
    void nextStep(PhaseSession.Step made, int samples) {
        step++;
        batch++;
        lossSum += made.loss();
        correct += made.correct();
        seen += samples;
    }

    /** Goes to the beginning of the next epoch. */
    void nextEpoch() {
        epoch++;
        batch = 0;
        lossSum = 0;
        correct = 0;
        seen = 0;
        seconds = 0;
    }

    /** As the metadata of a safetensors file; doubles keep all their bits. */
    Map<String, String> toMetadata() {
        Map<String, String> map = new LinkedHashMap<>();
        map.put("epoch", Integer.toString(epoch));
        map.put("batch", Integer.toString(batch));
        map.put("step", Long.toString(step));
        map.put("optimizer_steps", Long.toString(optimizerSteps));
        map.put("loss_sum", Double.toString(lossSum));
        map.put("correct", Long.toString(correct));
        map.put("seen", Long.toString(seen));
        map.put("seconds", Double.toString(seconds));
        map.put("best_epoch", Integer.toString(bestEpoch));
        map.put("best_accuracy", Double.toString(bestAccuracy));
        map.put("epochs_without_better", Integer.toString(epochsWithoutBetter));
        map.put("finished", Boolean.toString(finished));
        map.put(METRICS_LINES, Long.toString(metricsLines));
        return map;
    }

    /**
     * Reads them back.
     *
     * @param file where the metadata stand, for the message
     */
    static Counters of(Path file, Map<String, String> metadata) {
        Counters counters = new Counters();
        if (!metadata.keySet().containsAll(counters.toMetadata().keySet())) {
            throw new InputException(file + " is not the state of a run: its header has "
                    + metadata.keySet().stream().sorted().toList() + "; restore it, or begin another run");
        }
        try {
            counters.epoch = Integer.parseInt(metadata.get("epoch"));
            counters.batch = Integer.parseInt(metadata.get("batch"));
            counters.step = Long.parseLong(metadata.get("step"));
            counters.optimizerSteps = Long.parseLong(metadata.get("optimizer_steps"));
            counters.lossSum = Double.parseDouble(metadata.get("loss_sum"));
            counters.correct = Long.parseLong(metadata.get("correct"));
            counters.seen = Long.parseLong(metadata.get("seen"));
            counters.seconds = Double.parseDouble(metadata.get("seconds"));
            counters.bestEpoch = Integer.parseInt(metadata.get("best_epoch"));
            counters.bestAccuracy = Double.parseDouble(metadata.get("best_accuracy"));
            counters.epochsWithoutBetter = Integer.parseInt(metadata.get("epochs_without_better"));
            counters.finished = Boolean.parseBoolean(metadata.get("finished"));
            counters.metricsLines = Long.parseLong(metadata.get(METRICS_LINES));
        } catch (NumberFormatException e) {
            throw new InputException(
                    file + " is damaged: " + e.getMessage() + " in its header; restore it, or begin another run", e);
        }
        return counters;
    }
}
