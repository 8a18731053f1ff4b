package org.cryonext.cryoet.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.cryonext.cryoet.metrics.Prediction;
import org.cryonext.cryoet.metrics.Rival;

/** Small made-up results for the report's tests. */
final class Samples {
    static final String NASTY = "<script>alert(\"1\" & '2')</script>";
    static final List<String> CLASSES = List.of("3qm1", NASTY, "a,\"b\"", "absent");

    private Samples() {}

    static List<Prediction> predictions(int seed) {
        Random random = new Random(seed);
        List<Prediction> predictions = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            int truth = random.nextInt(3);
            int predicted = random.nextDouble() < 0.8 ? truth : random.nextInt(3);
            float[] probabilities = {0.1f, 0.1f, 0.1f, 0.1f};
            probabilities[predicted] = 0.7f;
            predictions.add(new Prediction("model_9", 10 + i, 20.5, 30, i + 1, truth, predicted, probabilities));
        }
        return predictions;
    }

    static ReportInput full(String... results) {
        SequencedMap<String, String> metadata = new LinkedHashMap<>();
        metadata.put("Command", "cryonext evaluate run data --out <folder>");
        metadata.put("Seed", "42");
        SequencedMap<String, Double> figures = new LinkedHashMap<>();
        figures.put("train_seconds", 1234.5);
        List<Result> scored = new ArrayList<>();
        for (String name : results) {
            scored.add(Result.of(name, CLASSES, predictions(name.length())));
        }
        byte[] grey = new byte[48 * 48];
        new Random(1).nextBytes(grey);
        List<SampleTriplet.Slice> slices = List.of(
                new SampleTriplet.Slice("XY", 48, 48, grey),
                new SampleTriplet.Slice("XZ", 48, 48, grey),
                new SampleTriplet.Slice("YZ", 48, 48, grey));
        return new ReportInput(
                "Evaluation of <run>",
                metadata,
                CLASSES,
                scored,
                figures,
                List.of(
                        new ClassCounts("train", List.of(1200L, 10L, 10L, 0L)),
                        new ClassCounts("test", List.of(20L, 20L, 20L, 0L))),
                List.of(
                        new SampleTriplet(1, 1, "model_9, line 3", slices),
                        new SampleTriplet(1, 0, "model_9, line 4", slices),
                        new SampleTriplet(0, Prediction.UNKNOWN, "model_9, line 5", slices)),
                List.of(),
                Stream.of(results)
                        .map(name -> new TrainingCurves(
                                name,
                                List.of(
                                        new Epoch(0, 2.3, 0.2, 2.1, 0.3, true, 1.5),
                                        new Epoch(1, 1.3, 0.6, Double.NaN, Double.NaN, false, 1.4))))
                        .toList(),
                List.of(),
                List.of("Tomogram model_9 was trained on & counts for nothing."));
    }

    /** The full report with a rival beside each result and a table of protocols. */
    static ReportInput withRivals(String... results) {
        ReportInput full = full(results);
        List<Result> beside = full.results().stream()
                .map(result -> result.withRivals(List.of(Rival.of(
                        "size_alone",
                        "size <alone>",
                        "What it is.",
                        CLASSES,
                        result.predictions(),
                        predictions(result.name().length())))))
                .toList();
        List<ProtocolRow> protocols = new ArrayList<>();
        for (Result result : beside) {
            protocols.add(ProtocolRow.of(
                    result.name(),
                    "another <source>",
                    result,
                    protocols.isEmpty() ? Optional.empty() : Optional.of(protocols.getLast())));
        }
        return new ReportInput(
                full.title(),
                full.metadata(),
                CLASSES,
                beside,
                full.figures(),
                full.counts(),
                full.samples(),
                full.insides(),
                full.trainings(),
                List.of(ProtocolRow.table("protocols", "The paper's protocol and the fair one", protocols)),
                full.warnings());
    }

    static ReportInput bare() {
        return new ReportInput(
                "Bare",
                new LinkedHashMap<>(),
                CLASSES,
                List.of(Result.of("grandmodel", CLASSES, predictions(1))),
                new LinkedHashMap<>(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of());
    }

    private static SampleTriplet seen(int truth, int predicted, String caption) {
        byte[] pixels = new byte[9 * 7];
        new Random(caption.hashCode()).nextBytes(pixels);
        boolean[] beyond = new boolean[pixels.length];
        beyond[0] = true;
        SampleTriplet.Slice slice = new SampleTriplet.Slice("XZ", 9, 7, pixels, pixels, beyond);
        return new SampleTriplet(truth, predicted, caption, List.of(slice));
    }

    /** The full report with a look inside each result. */
    static ReportInput withInsides(String... results) {
        ReportInput full = full(results);
        Random random = new Random(5);
        List<Inside> insides = full.results().stream()
                .map(result -> {
                    List<float[]> features = new ArrayList<>();
                    for (Prediction p : result.predictions()) {
                        features.add(new float[] {p.truth(), (float) random.nextGaussian(), random.nextFloat()});
                    }
                    return new Inside(
                            result.name(),
                            FeatureMap.of(result.predictions(), features),
                            List.of(new ConfusedPair(
                                    0,
                                    1,
                                    2,
                                    8,
                                    List.of(seen(0, 1, "model_9, line 6")),
                                    List.of(seen(0, 0, "model_9, line 7"), seen(1, 1, "model_9, line 8")))),
                            "From <stage> 2.");
                })
                .toList();
        return new ReportInput(
                full.title(),
                full.metadata(),
                CLASSES,
                full.results(),
                full.figures(),
                full.counts(),
                full.samples(),
                insides,
                full.trainings(),
                full.tables(),
                full.warnings());
    }
}
