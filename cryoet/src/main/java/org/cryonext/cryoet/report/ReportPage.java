package org.cryonext.cryoet.report;

import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.cryonext.cryoet.metrics.ClassMetrics;
import org.cryonext.cryoet.metrics.ConfusionMatrix;
import org.cryonext.cryoet.metrics.Estimate;
import org.cryonext.cryoet.metrics.Metrics;
import org.cryonext.cryoet.metrics.Prediction;
import org.cryonext.cryoet.metrics.Rival;
import org.cryonext.cryoet.metrics.TomogramIntervals;

/**
 * Fills the page's template, {@code report.mustache}. The template engine escapes every value, so names may hold any
 * character.
 */
final class ReportPage {
    private static final int MISTAKES = 6;
    private static final int LONG_NAME = 6;
    /** Tables with more are set small, and keep their first column in sight when they are scrolled. */
    private static final int MANY_COLUMNS = 7;

    private final ReportInput input;
    private final Figures figures;

    private ReportPage(ReportInput input, Figures figures) {
        this.input = input;
        this.figures = figures;
    }

    static String render(ReportInput input, Figures figures) {
        return PageTemplate.read("report.mustache").execute(new ReportPage(input, figures).model());
    }

    private Map<String, Object> model() {
        Map<String, Object> model = new HashMap<>();
        model.put("title", input.title());
        model.put("warnings", input.warnings());
        model.put("metadata", pairs(input.metadata()));
        model.put(
                "figures",
                input.figures().entrySet().stream()
                        .map(e -> Map.of("label", label(e.getKey()), "value", number(e.getValue())))
                        .toList());
        model.put("several", input.results().size() > 1);
        model.put("results", input.results().stream().map(this::result).toList());
        // Name, a cell per class and the sum: below this width two matrices stand better under each other.
        model.put("confusionWidth", Math.min(84 + 36 * (input.classes().size() + 1), 1100));
        model.put("classRows", classRows());
        model.put(
                "hasRivals",
                input.results().stream().anyMatch(result -> !result.rivals().isEmpty()));
        model.put("hasTables", !input.tables().isEmpty());
        model.put("tables", input.tables().stream().map(ReportPage::table).toList());
        model.put("averageRows", averageRows());
        model.put("f1", figure(figures.f1()));
        model.put("samples", samples());
        model.put("hasSamples", !input.samples().isEmpty());
        model.put("insides", insides());
        model.put("hasInsides", !input.insides().isEmpty());
        model.put(
                "hasPairs",
                input.insides().stream().anyMatch(inside -> !inside.pairs().isEmpty()));
        model.put("sets", input.counts().stream().map(ClassCounts::set).toList());
        model.put("hasCounts", !input.counts().isEmpty());
        model.put("countRows", countRows());
        model.put("distribution", figure(figures.distribution()));
        model.put("trainings", trainings());
        model.put("severalTrainings", input.trainings().size() > 1);
        model.put("hasTrainings", !input.trainings().isEmpty());
        model.put("files", files());
        return model;
    }

    private Map<String, Object> result(Result result) {
        Metrics metrics = result.metrics();
        Map<String, Object> model = new HashMap<>();
        model.put("name", result.name());
        model.put("particles", count(metrics.confusion().total()));
        model.put(
                "cards",
                List.of(
                        card("F1, macro", metrics.f1(), metrics.byTomogram().map(TomogramIntervals::f1)),
                        card(
                                "Accuracy",
                                metrics.accuracy(),
                                metrics.byTomogram().map(TomogramIntervals::accuracy)),
                        card(
                                "Precision, macro",
                                metrics.precision(),
                                metrics.byTomogram().map(TomogramIntervals::precision)),
                        card(
                                "Recall, macro",
                                metrics.recall(),
                                metrics.byTomogram().map(TomogramIntervals::recall))));
        model.put("longNames", input.classes().stream().anyMatch(name -> name.length() > LONG_NAME));
        model.put("classes", input.classes());
        model.put("rows", confusionRows(metrics.confusion()));
        List<Map<String, Object>> mistakes = metrics.mistakes(MISTAKES).stream()
                .map(m -> Map.<String, Object>of(
                        "truth", m.truth(),
                        "predicted", m.predicted(),
                        "count", m.count(),
                        "share", fixed(1, 100 * m.share())))
                .toList();
        model.put("tomograms", metrics.byTomogram().isPresent());
        model.put("besides", result.rivals().isEmpty() ? List.of() : besides(result));
        model.put("verdicts", result.rivals().stream().map(Rival::verdict).toList());
        model.put(
                "explanations",
                result.rivals().stream()
                        .map(rival -> Map.of("name", rival.name(), "what", rival.what()))
                        .toList());
        model.put("rivalClasses", rivalClasses(result));
        model.put("rivalNames", result.rivals().stream().map(Rival::name).toList());
        model.put("mistakes", mistakes);
        model.put("hasMistakes", !mistakes.isEmpty());
        return model;
    }

    /** The network and what stands beside it, a row each. */
    private static List<Map<String, Object>> besides(Result result) {
        List<Map<String, Object>> rows = new ArrayList<>();
        rows.add(beside("The network", result.metrics(), null));
        result.rivals().forEach(rival -> rows.add(beside(capital(rival.name()), rival.metrics(), rival)));
        return rows;
    }

    private static Map<String, Object> beside(String name, Metrics metrics, Rival rival) {
        return Map.of(
                "name", name,
                "f1", interval(metrics.f1()),
                "accuracy", interval(metrics.accuracy()),
                "difference", rival == null ? "" : signed(rival.difference().f1()),
                "onlyNetwork",
                        rival == null ? "" : count(rival.difference().test().onlyFirst()),
                "onlyRival",
                        rival == null ? "" : count(rival.difference().test().onlySecond()),
                "p", rival == null ? "" : rival.pText());
    }

    /** F1 of each class, the network's and those beside it. */
    private static List<Map<String, Object>> rivalClasses(Result result) {
        List<Map<String, Object>> rows = new ArrayList<>();
        if (!result.rivals().isEmpty()) {
            for (int k = 0; k < result.metrics().perClass().size(); k++) {
                List<String> f1 = new ArrayList<>();
                ClassMetrics own = result.metrics().perClass().get(k);
                f1.add(share(own.f1().value()));
                for (Rival rival : result.rivals()) {
                    f1.add(share(rival.metrics().perClass().get(k).f1().value()));
                }
                rows.add(Map.of("name", own.name(), "f1", f1));
            }
        }
        return rows;
    }

    static Map<String, Object> table(ReportTable table) {
        return Map.of(
                "title", table.title(),
                "many", table.head().size() > MANY_COLUMNS,
                "note", table.note(),
                "head", table.head().subList(1, table.head().size()),
                "first", table.head().getFirst(),
                "lines",
                        table.rows().stream()
                                .map(row -> Map.of("name", row.getFirst(), "cells", row.subList(1, row.size())))
                                .toList());
    }

    private static String interval(Estimate e) {
        return share(e.value()) + " [" + share(e.low()) + ", " + share(e.high()) + "]";
    }

    private static String signed(Estimate e) {
        return String.format(Locale.ROOT, "%+.3f [%+.3f, %+.3f]", e.value(), e.low(), e.high());
    }

    private static String capital(String words) {
        return words.isEmpty() ? words : words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
    }

    private static Map<String, Object> card(String label, Estimate e, Optional<Estimate> byTomogram) {
        return Map.of(
                "byTomogram",
                        byTomogram
                                .map(t -> "[" + figure(t.low()) + ", " + figure(t.high()) + "]")
                                .orElse(""),
                "label", label,
                "value", figure(e.value()),
                "low", figure(e.low()),
                "high", figure(e.high()),
                "left", fixed(2, 100 * e.low()),
                "width", fixed(2, Math.max(100 * (e.high() - e.low()), 0.5)),
                "at", fixed(2, 100 * e.value()));
    }

    private static List<Map<String, Object>> confusionRows(ConfusionMatrix confusion) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int t = 0; t < confusion.size(); t++) {
            List<Map<String, Object>> cells = new ArrayList<>();
            for (int p = 0; p < confusion.size(); p++) {
                long count = confusion.counts()[t][p];
                double share = confusion.share(t, p);
                String text = String.format(
                        Locale.ROOT,
                        "%d of %d %s taken for %s (%.1f %%)",
                        count,
                        confusion.support(t),
                        confusion.classes().get(t),
                        confusion.classes().get(p),
                        100 * share);
                cells.add(Map.of(
                        "kind", count == 0 ? "none" : t == p ? "hit" : "miss",
                        "count", count == 0 ? "·" : Long.toString(count),
                        // A single particle in a large class must still be seen.
                        "shade", count == 0 ? "0" : fixed(3, 0.15 + 0.85 * share),
                        "text", text));
            }
            rows.add(Map.of("name", confusion.classes().get(t), "cells", cells, "support", confusion.support(t)));
        }
        return rows;
    }

    private List<Map<String, Object>> classRows() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int k = 0; k < input.classes().size(); k++) {
            List<Map<String, Object>> results = new ArrayList<>();
            for (Result result : input.results()) {
                ClassMetrics c = result.metrics().perClass().get(k);
                results.add(Map.of(
                        "support", c.support(),
                        "precision", share(c.precision()),
                        "recall", share(c.recall()),
                        "f1", share(c.f1().value()),
                        "interval", share(c.f1().low()) + " – " + share(c.f1().high())));
            }
            rows.add(Map.of("name", input.classes().get(k), "results", results));
        }
        return rows;
    }

    private List<Map<String, Object>> averageRows() {
        List<Map<String, Object>> macro = new ArrayList<>();
        List<Map<String, Object>> weighted = new ArrayList<>();
        for (Result result : input.results()) {
            Metrics m = result.metrics();
            long total = m.confusion().total();
            macro.add(Map.of(
                    "support", total,
                    "precision", share(m.precision().value()),
                    "recall", share(m.recall().value()),
                    "f1", share(m.f1().value()),
                    "interval", share(m.f1().low()) + " – " + share(m.f1().high())));
            weighted.add(Map.of(
                    "support", total,
                    "precision", share(m.weighted(ClassMetrics::precision)),
                    "recall", share(m.weighted(ClassMetrics::recall)),
                    "f1", share(m.weighted(c -> c.f1().value())),
                    "interval", ""));
        }
        return List.of(
                Map.of("name", "Macro average", "results", macro),
                Map.of("name", "Weighted average", "results", weighted));
    }

    private List<Map<String, Object>> samples() {
        List<Map<String, Object>> groups = new ArrayList<>();
        for (int k = 0; k < input.classes().size(); k++) {
            int id = k;
            List<Map<String, Object>> particles = input.samples().stream()
                    .filter(sample -> sample.truth() == id)
                    .map(this::sample)
                    .toList();
            if (!particles.isEmpty()) {
                groups.add(Map.of("name", input.classes().get(k), "particles", particles));
            }
        }
        return groups;
    }

    private Map<String, Object> sample(SampleTriplet sample) {
        boolean known = sample.predicted() != Prediction.UNKNOWN;
        List<Map<String, Object>> slices = sample.slices().stream()
                .map(slice -> Map.<String, Object>of(
                        "view", slice.view(), "uri", Picture.of(slice).dataUri()))
                .toList();
        List<Map<String, Object>> overlays = sample.slices().stream()
                .filter(slice -> slice.saliency() != null)
                .map(slice -> Map.<String, Object>of(
                        "view", slice.view(), "uri", Picture.withSaliency(slice).dataUri()))
                .toList();
        return Map.of(
                "caption",
                sample.caption(),
                "truth",
                input.classes().get(sample.truth()),
                "slices",
                slices,
                "overlays",
                overlays,
                "hasOverlays",
                !overlays.isEmpty(),
                "right",
                known && sample.predicted() == sample.truth(),
                "wrong",
                known && sample.predicted() != sample.truth(),
                "predicted",
                known ? input.classes().get(sample.predicted()) : "");
    }

    private Map<String, Object> pair(ConfusedPair pair) {
        List<Map<String, Object>> particles = new ArrayList<>();
        pair.confused().forEach(sample -> particles.add(sample(sample)));
        pair.right().forEach(sample -> particles.add(sample(sample)));
        return Map.of(
                "truth", input.classes().get(pair.truth()),
                "predicted", input.classes().get(pair.predicted()),
                "count", count(pair.count()),
                "support", count(pair.support()),
                "share", fixed(1, 100.0 * pair.count() / pair.support()),
                "particles", particles);
    }

    private List<Map<String, Object>> insides() {
        List<Map<String, Object>> insides = new ArrayList<>();
        for (int i = 0; i < input.insides().size(); i++) {
            Inside inside = input.insides().get(i);
            FeatureMap map = inside.features();
            // Without fonts there is no chart, but still the table.
            boolean drawn = i < figures.features().size();
            insides.add(Map.of(
                    "name", inside.result(),
                    "numbers", count(map.numbers()),
                    "both",
                            fixed(
                                    1,
                                    100
                                            * (map.plane().firstShare()
                                                    + map.plane().secondShare())),
                    "chart", figure(drawn ? figures.features().get(i) : null),
                    "saliency", inside.saliency(),
                    "leavesVolume", leavesVolume(inside),
                    "pairs", inside.pairs().stream().map(this::pair).toList(),
                    "hasPairs", !inside.pairs().isEmpty()));
        }
        return insides;
    }

    /** Whether some particle that is shown with it has slices that lie outside of the volume in part. */
    private boolean leavesVolume(Inside inside) {
        return Stream.concat(
                        input.samples().stream(),
                        inside.pairs().stream()
                                .flatMap(pair -> Stream.concat(pair.confused().stream(), pair.right().stream())))
                .flatMap(sample -> sample.slices().stream())
                .anyMatch(SampleTriplet.Slice::leavesVolume);
    }

    private List<Map<String, Object>> countRows() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int k = 0; k < input.classes().size(); k++) {
            int id = k;
            rows.add(Map.of(
                    "name",
                    input.classes().get(k),
                    "counts",
                    input.counts().stream()
                            .map(set -> count(set.counts().get(id)))
                            .toList()));
        }
        rows.add(Map.of(
                "name",
                "All",
                "counts",
                input.counts().stream().map(set -> count(set.total())).toList()));
        return rows;
    }

    private List<Map<String, Object>> trainings() {
        List<Map<String, Object>> trainings = new ArrayList<>();
        for (int i = 0; i < input.trainings().size(); i++) {
            TrainingCurves training = input.trainings().get(i);
            // Without fonts there are no charts, but still the table.
            boolean drawn = i < figures.loss().size();
            trainings.add(Map.of(
                    "name", training.name(),
                    "epochs", training.epochs().stream().map(ReportPage::epoch).toList(),
                    "loss", figure(drawn ? figures.loss().get(i) : null),
                    "accuracy", figure(drawn ? figures.accuracy().get(i) : null)));
        }
        return trainings;
    }

    private static Map<String, Object> epoch(Epoch e) {
        return Map.of(
                "number", e.number(),
                "trainLoss", figure(e.trainLoss()),
                "trainAccuracy", figure(e.trainAccuracy()),
                "valLoss", figure(e.valLoss()),
                "valAccuracy", figure(e.valAccuracy()),
                "best", e.best(),
                "seconds", Double.isNaN(e.seconds()) ? "" : fixed(1, e.seconds()));
    }

    static Object figure(Figure figure) {
        if (figure == null) {
            return false;
        }
        return Map.of(
                "description", figure.description(),
                "light", figure.light().dataUri(),
                "dark", figure.dark().dataUri(),
                "width", figure.light().width(),
                "height", figure.light().height());
    }

    private List<String> files() {
        List<String> files = new ArrayList<>(List.of("metrics.json", "classification_report.xlsx"));
        for (Result result : input.results()) {
            files.add("predictions" + Report.suffix(input, result) + ".csv");
            result.rivals().forEach(rival -> files.add(Report.file(input, result, rival)));
        }
        input.insides().forEach(inside -> files.add(Report.file(input, inside)));
        input.tables().forEach(table -> files.add("tables/" + table.id() + ".csv"));
        figures.all().forEach(figure -> files.add("figures/" + figure.name() + ".png"));
        return files;
    }

    static List<Map<String, String>> pairs(Map<String, String> map) {
        return map.entrySet().stream()
                .map(e -> Map.of("label", e.getKey(), "value", e.getValue()))
                .toList();
    }

    /** {@code train_seconds} as a reader says it: Train seconds. */
    private static String label(String name) {
        return capital(name.replace('_', ' '));
    }

    private static String count(long n) {
        return String.format(Locale.ROOT, "%,d", n);
    }

    /** At most three digits after the point. */
    private static String number(double value) {
        return new DecimalFormat("#,##0.###", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(value);
    }

    /** Two tables of these stand beside each other on a narrow page; metrics.json has all digits. */
    private static String share(double value) {
        return Double.isNaN(value) ? "–" : fixed(3, value);
    }

    private static String figure(double value) {
        return Double.isNaN(value) ? "–" : fixed(4, value);
    }

    private static String fixed(int digits, double value) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }
}
