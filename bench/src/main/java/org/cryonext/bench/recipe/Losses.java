package org.cryonext.bench.recipe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cryonext.engine.io.InputException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a training said of itself.
 *
 * @param steps the loss of each step
 * @param validation the loss of each epoch's validation
 */
record Losses(List<Double> steps, List<Double> validation) {
    /** Reads a run's metrics.jsonl: lines of steps, and of epochs, which have no step. */
    static Losses ofRun(Path file) {
        List<Double> steps = new ArrayList<>();
        List<Double> validation = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file)) {
                JsonNode node = JsonMapper.shared().readTree(line);
                if (node.has("step")) {
                    steps.add(node.required("loss").doubleValue());
                } else {
                    validation.add(node.required("val_loss").doubleValue());
                }
            }
        } catch (IOException e) {
            throw new InputException("Cannot read " + file + ": " + e.getMessage(), e);
        }
        return new Losses(steps, validation);
    }

    /** Reads what tools/python/train_reference.py wrote. */
    static Losses ofReference(Path file) {
        JsonNode root = JsonMapper.shared().readTree(file.toFile());
        return new Losses(numbers(root.required("losses")), numbers(root.required("val_loss")));
    }

    private static List<Double> numbers(JsonNode list) {
        List<Double> numbers = new ArrayList<>();
        list.forEach(value -> numbers.add(value.doubleValue()));
        return numbers;
    }

    /** The largest difference of the losses of the first steps, relative to the other's. */
    double firstSteps(Losses other, int most) {
        return largest(steps.subList(0, Math.min(most, steps.size())), other.steps);
    }

    /** The largest difference of an epoch's mean loss, of its steps or its validation, relative to the other's. */
    double epochs(Losses other) {
        return Math.max(largest(means(), other.means()), largest(validation, other.validation));
    }

    private List<Double> means() {
        int each = steps.size() / validation.size();
        List<Double> means = new ArrayList<>();
        for (int epoch = 0; epoch < validation.size(); epoch++) {
            means.add(steps.subList(epoch * each, (epoch + 1) * each).stream()
                    .mapToDouble(Double::doubleValue)
                    .average()
                    .orElseThrow());
        }
        return means;
    }

    private static double largest(List<Double> a, List<Double> b) {
        double largest = 0;
        for (int i = 0; i < a.size(); i++) {
            double difference = Math.abs(a.get(i) - b.get(i)) / Math.abs(b.get(i));
            largest = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(largest, difference);
        }
        return largest;
    }
}
