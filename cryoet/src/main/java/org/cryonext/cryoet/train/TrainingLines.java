package org.cryonext.cryoet.train;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;

/** What a training says of its steps and epochs, in {@code metrics.jsonl} and to the user. Epochs count from 0 in both. */
final class TrainingLines {
    private TrainingLines() {}

    /** Heads an epoch's progress. */
    static String title(int epoch, int epochs) {
        return "Epoch " + epoch + (epochs == 1 ? "" : " of 0 to " + (epochs - 1));
    }

    /** The line of a step that was just made, and is not counted yet. */
    static SequencedMap<String, Object> step(
            Counters counters, PhaseSession.Step step, Map<String, Double> rates, double imagesPerSecond) {
        SequencedMap<String, Object> line = new LinkedHashMap<>();
        line.put("epoch", counters.epoch);
        line.put("step", counters.step);
        line.put("loss", step.loss());
        line.put("lr_head", rate(rates, true));
        line.put("lr_backbone", rate(rates, false));
        line.put("images_per_second", imagesPerSecond);
        return line;
    }

    /** The rate of the head, or the largest of the rest; 0 while that does not train. */
    private static double rate(Map<String, Double> rates, boolean head) {
        return rates.entrySet().stream()
                .filter(entry -> Phase.isHead(entry.getKey()) == head)
                .mapToDouble(Map.Entry::getValue)
                .max()
                .orElse(0);
    }

    /** How the epoch stands. */
    static String note(Counters counters, double imagesPerSecond) {
        return String.format(
                Locale.ROOT,
                "loss %.4f, accuracy %.1f %%, %.0f images/s",
                counters.lossSum / counters.batch,
                100.0 * counters.correct / counters.seen,
                imagesPerSecond);
    }

    /** The line of an epoch whose steps are done. */
    static SequencedMap<String, Object> epoch(
            Counters counters, int steps, Validation validation, boolean best, double seconds) {
        SequencedMap<String, Object> line = new LinkedHashMap<>();
        line.put("epoch", counters.epoch);
        line.put("train_loss", MetricsLog.number(counters.lossSum / steps));
        line.put("train_accuracy", MetricsLog.number((double) counters.correct / counters.seen));
        line.put("val_loss", MetricsLog.number(validation.loss()));
        line.put("val_accuracy", MetricsLog.number(validation.accuracy()));
        line.put("best", best);
        line.put("seconds", seconds);
        return line;
    }

    /** The same in words. */
    static String summary(Counters counters, int steps, Validation validation, boolean best) {
        return String.format(
                Locale.ROOT,
                "Epoch %d: training loss %.4f, accuracy %.2f %%; validation loss %.4f, accuracy %.2f %%%s",
                counters.epoch,
                counters.lossSum / steps,
                100.0 * counters.correct / counters.seen,
                validation.loss(),
                100 * validation.accuracy(),
                best ? ", the best so far" : "");
    }
}
