package org.cryonext.cryoet.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.cryonext.engine.io.AtomicFile;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;
import org.cryonext.engine.io.JsonFault;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code metrics.json}: {@code accuracy}, {@code precision_macro}, {@code recall_macro}, {@code f1_macro}, each
 * {@code {value, low, high}}; {@code per_class.<name>}: {@code {precision, recall, f1, support}}; {@code confusion}:
 * {@code {classes, counts}} with the true classes as rows; {@code by_tomogram} with the same four figures and their intervals by
 * tomogram where there are several; {@code beside.<id>}: the figures of another classifier on the same particles and
 * {@code network_less_this}, the differences; {@code rejection} with
 * {@code of_answered}, where particles of high energy get no answer ({@link Abstention}). With several named results, each is such an object under its
 * name.
 */
public final class MetricsJson {
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /** Beyond any evaluation, and still quick to resample: a damaged file must not keep the machine busy for hours. */
    private static final long MOST_PARTICLES = 50_000_000;

    private MetricsJson() {}

    /** Writes one result. */
    public static void write(Path file, Metrics metrics) {
        write(file, new Entry(metrics, List.of(), Optional.empty()), Map.of());
    }

    /**
     * Writes one result with what stands beside it.
     *
     * @param figures further numbers, for instance {@code train_seconds}
     */
    public static void write(Path file, Entry entry, Map<String, Double> figures) {
        write(file, toJson(entry), figures);
    }

    /**
     * A result as it stands in the file.
     *
     * @param metrics the network's figures
     * @param rivals other classifiers on the same particles
     * @param abstention what rejection comes to, where it was asked for
     */
    public record Entry(Metrics metrics, List<Rival> rivals, Optional<Abstention> abstention) {

        /** Copies the list. */
        public Entry {
            rivals = List.copyOf(rivals);
        }
    }

    /**
     * Writes named results side by side.
     *
     * @param results by name, for instance {@code grandmodel} and {@code reconstruction}
     * @param figures further numbers of the file's top level, for instance {@code train_seconds}
     */
    public static void write(Path file, SequencedMap<String, Entry> results, Map<String, Double> figures) {
        ObjectNode root = MAPPER.createObjectNode();
        results.forEach((name, entry) -> root.set(name, toJson(entry)));
        write(file, root, figures);
    }

    /**
     * Reads one result.
     *
     * @throws InputException if the file is missing, is no such JSON, or its figures contradict its confusion matrix
     */
    public static Metrics read(Path file) {
        return fromJson(file, parse(file));
    }

    /**
     * Reads what rejection came to.
     *
     * @return empty where it was not asked for
     * @throws InputException if the file is missing or damaged
     */
    public static Optional<Abstention> readAbstention(Path file) {
        JsonNode node = parse(file).get("rejection");
        if (node == null) {
            return Optional.empty();
        }
        JsonNode right = field(file, node, "right");
        JsonNode wrong = field(file, node, "wrong");
        JsonNode answered = node.get("of_answered");
        try {
            return Optional.of(new Abstention(
                    field(file, node, "validation_share").asDouble(),
                    field(file, node, "threshold").asDouble(),
                    field(file, right, "particles").asLong(),
                    field(file, right, "rejected").asLong(),
                    field(file, wrong, "particles").asLong(),
                    field(file, wrong, "rejected").asLong(),
                    answered == null ? Optional.empty() : Optional.of(fromJson(file, answered))));
        } catch (IllegalArgumentException e) {
            throw new InputException(
                    file + ": its rejection makes no sense (" + e.getMessage() + "); evaluate again.", e);
        }
    }

    private static void write(Path file, ObjectNode root, Map<String, Double> figures) {
        figures.forEach((name, value) -> root.put(name, value.doubleValue()));
        AtomicFile.write(file, temporary -> Files.writeString(temporary, MAPPER.writeValueAsString(root) + "\n"));
    }

    private static ObjectNode toJson(Entry entry) {
        ObjectNode root = toJson(entry.metrics());
        if (!entry.rivals().isEmpty()) {
            ObjectNode beside = root.putObject("beside");
            entry.rivals().forEach(rival -> beside.set(rival.id(), toJson(rival)));
        }
        entry.abstention().ifPresent(abstention -> root.set("rejection", toJson(abstention)));
        return root;
    }

    private static ObjectNode toJson(Abstention abstention) {
        ObjectNode node = MAPPER.createObjectNode()
                .put("validation_share", abstention.share())
                .put("threshold", abstention.threshold())
                .put("particles", abstention.particles())
                .put("answered", abstention.particles() - abstention.rejected())
                .put("answered_share", abstention.answeredShare());
        node.putObject("right")
                .put("particles", abstention.right())
                .put("rejected", abstention.rightRejected())
                .put("rejected_share", abstention.rightRejectedShare());
        node.putObject("wrong")
                .put("particles", abstention.wrong())
                .put("rejected", abstention.wrongRejected())
                .put("rejected_share", abstention.wrongRejectedShare());
        abstention.answered().ifPresent(metrics -> node.set("of_answered", toJson(metrics)));
        return node;
    }

    private static ObjectNode toJson(Rival rival) {
        ObjectNode node = toJson(rival.metrics());
        Comparison difference = rival.difference();
        ObjectNode less = node.putObject("network_less_this");
        less.set("f1_macro", toJson(difference.f1()));
        less.set("accuracy", toJson(difference.accuracy()));
        difference.f1ByTomogram().ifPresent(estimate -> less.set("f1_macro_by_tomogram", toJson(estimate)));
        less.putObject("mcnemar")
                .put("only_network_right", difference.test().onlyFirst())
                .put("only_this_right", difference.test().onlySecond())
                .put("p", difference.test().p());
        return node;
    }

    private static ObjectNode toJson(Metrics metrics) {
        ObjectNode root = MAPPER.createObjectNode();
        root.set("accuracy", toJson(metrics.accuracy()));
        root.set("precision_macro", toJson(metrics.precision()));
        root.set("recall_macro", toJson(metrics.recall()));
        root.set("f1_macro", toJson(metrics.f1()));
        metrics.byTomogram().ifPresent(intervals -> {
            ObjectNode node = root.putObject("by_tomogram").put("tomograms", intervals.tomograms());
            node.set("accuracy", toJson(intervals.accuracy()));
            node.set("precision_macro", toJson(intervals.precision()));
            node.set("recall_macro", toJson(intervals.recall()));
            node.set("f1_macro", toJson(intervals.f1()));
        });
        ObjectNode perClass = root.putObject("per_class");
        for (ClassMetrics c : metrics.perClass()) {
            perClass.putObject(c.name())
                    .put("precision", c.precision())
                    .put("recall", c.recall())
                    .put("f1", c.f1().value())
                    .put("support", c.support());
        }
        ObjectNode confusion = root.putObject("confusion");
        ArrayNode classes = confusion.putArray("classes");
        metrics.confusion().classes().forEach(classes::add);
        ArrayNode counts = confusion.putArray("counts");
        for (long[] row : metrics.confusion().counts()) {
            ArrayNode cells = counts.addArray();
            for (long count : row) {
                cells.add(count);
            }
        }
        return root;
    }

    private static ObjectNode toJson(Estimate estimate) {
        return MAPPER.createObjectNode()
                .put("value", estimate.value())
                .put("low", estimate.low())
                .put("high", estimate.high());
    }

    private static JsonNode parse(Path file) {
        try {
            return MAPPER.readTree(Files.readString(file));
        } catch (NoSuchFileException e) {
            throw new InputException("There is no " + file + "; evaluate the run first.", e);
        } catch (IOException e) {
            throw new InputException("Cannot read " + file + ": " + InputFile.reason(e), e);
        } catch (JacksonException e) {
            throw new InputException(file + ": " + JsonFault.words(e) + "; evaluate the run again.", e);
        }
    }

    private static Metrics fromJson(Path file, JsonNode root) {
        JsonNode confusion = field(file, root, "confusion");
        List<String> classes = new ArrayList<>();
        field(file, confusion, "classes").forEach(node -> classes.add(node.asString()));
        JsonNode rows = field(file, confusion, "counts");
        long[][] counts = new long[rows.size()][];
        for (int t = 0; t < counts.length; t++) {
            counts[t] = new long[rows.get(t).size()];
            for (int p = 0; p < counts[t].length; p++) {
                counts[t][p] = rows.get(t).get(p).asLong(-1);
            }
        }
        try {
            ConfusionMatrix matrix = new ConfusionMatrix(classes, counts);
            if (matrix.total() < 0 || matrix.total() > MOST_PARTICLES) {
                throw new IllegalArgumentException("more than " + MOST_PARTICLES + " particles");
            }
            // Everything but the intervals follows from the counts; per-class intervals are not stored at all.
            Metrics counted = Metrics.of(matrix, Bootstrap.DEFAULT);
            return new Metrics(
                    estimate(file, root, "accuracy", counted.accuracy()),
                    estimate(file, root, "precision_macro", counted.precision()),
                    estimate(file, root, "recall_macro", counted.recall()),
                    estimate(file, root, "f1_macro", counted.f1()),
                    counted.perClass(),
                    counted.confusion(),
                    byTomogram(file, root, counted));
        } catch (IllegalArgumentException e) {
            throw new InputException(
                    file + ": its confusion.counts are not counts of particles with a row and a column per class ("
                            + e.getMessage() + "); evaluate the run again.",
                    e);
        }
    }

    private static Optional<TomogramIntervals> byTomogram(Path file, JsonNode root, Metrics counted) {
        JsonNode node = root.get("by_tomogram");
        return node == null
                ? Optional.empty()
                : Optional.of(new TomogramIntervals(
                        field(file, node, "tomograms").asInt(),
                        estimate(file, node, "accuracy", counted.accuracy()),
                        estimate(file, node, "precision_macro", counted.precision()),
                        estimate(file, node, "recall_macro", counted.recall()),
                        estimate(file, node, "f1_macro", counted.f1())));
    }

    private static Estimate estimate(Path file, JsonNode root, String name, Estimate counted) {
        JsonNode node = field(file, root, name);
        double value = field(file, node, "value").asDouble();
        if (Math.abs(value - counted.value()) > 1e-9) {
            throw new InputException(file + ": its " + name + " is " + value + ", but its confusion matrix gives "
                    + counted.value() + "; evaluate the run again.");
        }
        return new Estimate(
                value,
                field(file, node, "low").asDouble(),
                field(file, node, "high").asDouble());
    }

    private static JsonNode field(Path file, JsonNode parent, String name) {
        JsonNode child = parent.get(name);
        if (child == null) {
            throw new InputException(file + " has no \"" + name
                    + "\" where the figures of an evaluation have one; evaluate the run again.");
        }
        return child;
    }
}
