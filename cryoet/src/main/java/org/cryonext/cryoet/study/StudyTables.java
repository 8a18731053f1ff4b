package org.cryonext.cryoet.study;

import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.cryonext.cryoet.baseline.Baselines;
import org.cryonext.cryoet.metrics.ClassMetrics;
import org.cryonext.cryoet.metrics.Comparison;
import org.cryonext.cryoet.metrics.Estimate;
import org.cryonext.cryoet.metrics.MacroF1;
import org.cryonext.cryoet.metrics.Metrics;
import org.cryonext.cryoet.metrics.Rival;
import org.cryonext.cryoet.report.ReportTable;
import org.cryonext.cryoet.report.Result;
import org.cryonext.models.convnext.Version;

/**
 * The paper's three tables with ours beside them, the runs of the fair protocol, and the two variants against each other.
 *
 * @param paper a network a variant, by the paper's protocol
 * @param fair all trainings of the fair protocol
 */
record StudyTables(List<Trained> paper, List<FairRun> fair) {

    /** Table 1: figures over the test tomogram. */
    ReportTable overall() {
        List<List<String>> rows = new ArrayList<>();
        for (Trained network : paper) {
            for (String question : List.of(Reproduction.LOGITS, Reproduction.PROBABILITIES)) {
                Metrics metrics = network.results().get(question).metrics();
                PaperFigures.Overall theirs = PaperFigures.overall(network.version());
                Answers answers = network.answers().get(question);
                String fusion =
                        question.equals(Reproduction.LOGITS) ? "logits (the notebook)" : "probabilities (the text)";
                List<String> row = new ArrayList<>(List.of(name(network.version()), fusion));
                compared(row, metrics.accuracy(), theirs.accuracy());
                compared(row, metrics.precision(), theirs.precision());
                compared(row, metrics.recall(), theirs.recall());
                compared(row, metrics.f1(), theirs.f1());
                row.add(number("%.2f", answers.seconds()));
                row.add(number("%.2f", theirs.seconds()));
                row.add(number("%.0f", answers.images() / answers.seconds()));
                rows.add(row);
            }
        }
        for (Rival rival : paper.getFirst().results().get(Reproduction.LOGITS).rivals()) {
            List<String> row = new ArrayList<>(List.of(rival.name(), ""));
            for (Estimate figure : List.of(
                    rival.metrics().accuracy(),
                    rival.metrics().precision(),
                    rival.metrics().recall(),
                    rival.metrics().f1())) {
                row.addAll(List.of(number("%.4f", figure.value()), "", ""));
            }
            row.addAll(List.of("", "", ""));
            rows.add(row);
        }
        return new ReportTable(
                "table1",
                "Table 1: the test tomogram by the paper's protocol",
                "Ours, the paper's, and ours less the paper's. The paper's seconds are of a T4; ours are of this machine,"
                        + " cutting the slices included. The last rows see no shape at all.",
                List.of(
                        "Model",
                        "Fusion",
                        "Accuracy",
                        "accuracy, paper",
                        "difference of accuracy",
                        "Precision",
                        "precision, paper",
                        "difference of precision",
                        "Recall",
                        "recall, paper",
                        "difference of recall",
                        "F1",
                        "F1, paper",
                        "difference of F1",
                        "Seconds",
                        "seconds, paper (T4)",
                        "Images/s"),
                rows);
    }

    private static void compared(List<String> row, Estimate ours, double theirs) {
        row.add(number("%.4f", ours.value()));
        row.add(number("%.4f", theirs));
        row.add(number("%+.4f", ours.value() - theirs));
    }

    /** Table 2: figures of each class. */
    ReportTable perClass() {
        List<String> head = new ArrayList<>(List.of("Class", "Particles"));
        for (Trained network : paper) {
            String name = name(network.version());
            for (String figure : List.of("precision", "recall", "F1")) {
                head.addAll(List.of(
                        name + " " + figure, name + " " + figure + ", paper", name + " " + figure + ", difference"));
            }
        }
        List<ClassMetrics> first = metrics(paper.getFirst()).perClass();
        List<List<String>> rows = new ArrayList<>();
        for (int k = 0; k < first.size(); k++) {
            String name = first.get(k).name();
            List<String> row =
                    new ArrayList<>(List.of(name, Long.toString(first.get(k).support())));
            for (Trained network : paper) {
                ClassMetrics ours = metrics(network).perClass().get(k);
                Optional<PaperFigures.PerClass> theirs = PaperFigures.perClass(network.version(), name);
                compared(row, ours.precision(), theirs.map(PaperFigures.PerClass::precision));
                compared(row, ours.recall(), theirs.map(PaperFigures.PerClass::recall));
                compared(row, ours.f1().value(), theirs.map(PaperFigures.PerClass::f1));
            }
            rows.add(row);
        }
        return new ReportTable(
                "table2",
                "Table 2: each class by the paper's protocol",
                "Ours, the paper's, and ours less the paper's; logits averaged, as in the paper's notebook.",
                head,
                rows);
    }

    /** Empty cells for a class that the paper does not have. */
    private static void compared(List<String> row, double ours, Optional<Double> theirs) {
        row.add(number("%.3f", ours));
        row.add(theirs.map(value -> number("%.3f", value)).orElse(""));
        row.add(theirs.map(value -> number("%+.3f", ours - value)).orElse(""));
    }

    private static Metrics metrics(Trained network) {
        return network.results().get(Reproduction.LOGITS).metrics();
    }

    /** Table 3: F1 of each class beside the entries to the contest. */
    ReportTable entries() {
        List<String> classes = PaperFigures.ENTRY_CLASSES;
        List<String> head = new ArrayList<>(List.of("Method"));
        head.addAll(classes);
        head.add("mean");
        List<List<String>> rows = new ArrayList<>();
        PaperFigures.ENTRIES.forEach((method, f1) -> {
            List<Optional<Double>> cells = new ArrayList<>();
            for (double value : f1) {
                cells.add(Optional.of(value));
            }
            rows.add(row(method, cells));
        });
        for (Trained network : paper) {
            rows.add(row(
                    name(network.version()) + ", the paper's figures",
                    classes.stream()
                            .map(name -> PaperFigures.perClass(network.version(), name)
                                    .map(PaperFigures.PerClass::f1))
                            .toList()));
        }
        for (Trained network : paper) {
            Result result = network.results().get(Reproduction.LOGITS);
            rows.add(row(name(network.version()) + ", ours by the paper's protocol", f1(result.metrics())));
        }
        size(paper.getFirst().results().get(Reproduction.LOGITS))
                .ifPresent(rival -> rows.add(row("size alone by the paper's protocol", f1(rival.metrics()))));
        for (Trained network : paper) {
            List<Result> results = fairResults(network.version());
            rows.add(row(
                    name(network.version()) + ", ours on the reconstruction",
                    meanF1(results.stream().map(Result::metrics).toList())));
        }
        List<Result> results = fairResults(paper.getFirst().version());
        if (results.stream().allMatch(result -> size(result).isPresent())) {
            rows.add(row(
                    "size alone on the reconstruction",
                    meanF1(results.stream()
                            .map(result -> size(result).orElseThrow().metrics())
                            .toList())));
        }
        return new ReportTable(
                "table3",
                "Table 3: F1 beside the entries to SHREC 2020",
                "The entries located the particles too, on the reconstructions. The paper's protocol gives the places and"
                        + " shows the ground truth, so its rows are not comparable with theirs; those on the reconstruction"
                        + " give the places alone, and are means over the "
                        + results.size() + " trainings of the fair protocol, all tested on this tomogram.",
                head,
                rows);
    }

    private List<FairRun> fair(Version version) {
        return fair.stream().filter(run -> run.network().version() == version).toList();
    }

    /** What the trainings of the fair protocol say about the test tomogram. */
    private List<Result> fairResults(Version version) {
        return fair(version).stream()
                .map(run -> run.network().results().get(Reproduction.TEST))
                .toList();
    }

    /** The mean over figures of the same particles. */
    private static List<Optional<Double>> meanF1(List<Metrics> figures) {
        List<List<Optional<Double>>> each =
                figures.stream().map(StudyTables::f1).toList();
        List<Optional<Double>> means = new ArrayList<>();
        for (int k = 0; k < each.getFirst().size(); k++) {
            int index = k;
            OptionalDouble mean = each.stream()
                    .flatMap(f1 -> f1.get(index).stream())
                    .mapToDouble(Double::doubleValue)
                    .average();
            means.add(mean.isPresent() ? Optional.of(mean.getAsDouble()) : Optional.empty());
        }
        return means;
    }

    private static Optional<Rival> size(Result result) {
        return result.rivals().stream()
                .filter(rival -> rival.id().equals(Baselines.SIZE_ALONE))
                .findFirst();
    }

    private static List<Optional<Double>> f1(Metrics metrics) {
        return PaperFigures.ENTRY_CLASSES.stream()
                .map(name -> metrics.perClass().stream()
                        .filter(c -> c.name().equals(name) && c.support() > 0)
                        .findFirst()
                        .map(c -> c.f1().value()))
                .toList();
    }

    private static List<String> row(String method, List<Optional<Double>> f1) {
        List<String> row = new ArrayList<>(List.of(method));
        DoubleSummaryStatistics known = new DoubleSummaryStatistics();
        for (Optional<Double> value : f1) {
            row.add(value.map(v -> number("%.3f", v)).orElse(""));
            value.ifPresent(known::accept);
        }
        row.add(known.getCount() == f1.size() ? number("%.3f", known.getAverage()) : "");
        return row;
    }

    /** Every training of the fair protocol, and their mean and spread. */
    ReportTable runs() {
        List<List<String>> rows = new ArrayList<>();
        for (Trained first : paper) {
            List<FairRun> own = fair(first.version());
            List<Double> test = new ArrayList<>();
            List<Double> held = new ArrayList<>();
            for (FairRun run : own) {
                Result tested = run.network().results().get(Reproduction.TEST);
                Result heldOut = run.network().results().get(Reproduction.HELD_OUT);
                test.add(tested.metrics().f1().value());
                held.add(heldOut.metrics().f1().value());
                rows.add(List.of(
                        name(first.version()),
                        Long.toString(run.seed()),
                        Integer.toString(run.fold()),
                        interval(tested.metrics().f1()),
                        size(tested)
                                .map(rival -> interval(rival.metrics().f1()))
                                .orElse(""),
                        interval(heldOut.metrics().f1()),
                        byTomogram(MacroF1.of(heldOut.metrics())),
                        size(heldOut)
                                .map(rival -> interval(rival.metrics().f1()))
                                .orElse(""),
                        size(heldOut)
                                .map(rival -> byTomogram(MacroF1.of(rival.metrics())))
                                .orElse(""),
                        number("%.0f", run.network().trainSeconds())));
            }
            rows.add(List.of(
                    name(first.version()) + ", all",
                    "",
                    "",
                    spread(test),
                    "",
                    spread(held),
                    "",
                    "",
                    "",
                    number(
                            "%.0f",
                            own.stream()
                                    .mapToDouble(run -> run.network().trainSeconds())
                                    .sum())));
            MacroF1 together = CrossValidation.f1(own);
            Optional<MacroF1> size = size(CrossValidation.ofFirstSeed(own)).map(rival -> MacroF1.of(rival.metrics()));
            rows.add(List.of(
                    name(first.version()) + ", folds together",
                    "",
                    "",
                    "",
                    "",
                    interval(together.byParticle()),
                    byTomogram(together),
                    size.map(f1 -> interval(f1.byParticle())).orElse(""),
                    size.map(StudyTables::byTomogram).orElse(""),
                    ""));
        }
        return new ReportTable(
                "fair_runs",
                "The fair protocol, training by training",
                "Macro F1 on the reconstructions, all particles: on the test tomogram, and on the fold's own, which chose"
                        + " the epoch. In brackets 95 % intervals by particle, beside them by tomogram where a fold has several."
                        + " In the row \"all\" of a variant mean and standard deviation over the trainings; in the row"
                        + " \"folds together\" every tomogram but the test one, answered by the networks that did not"
                        + " train on it, the mean over the seeds.",
                List.of(
                        "Model",
                        "Seed",
                        "Fold",
                        "Test tomogram",
                        "Size alone, test",
                        "Fold's tomograms",
                        "Fold's tomograms, by tomogram",
                        "Size alone, fold",
                        "Size alone, fold, by tomogram",
                        "Training seconds"),
                rows);
    }

    private static String spread(List<Double> values) {
        double mean = values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        double squares =
                values.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum();
        return values.size() < 2
                ? number("%.3f", mean)
                : number("%.3f", mean) + " ± " + number("%.3f", Math.sqrt(squares / (values.size() - 1)));
    }

    /** The variants against each other; empty for one alone. */
    Optional<ReportTable> variants() {
        if (paper.size() < 2) {
            return Optional.empty();
        }
        Trained first = paper.getFirst();
        Trained second = paper.getLast();
        List<List<String>> rows = new ArrayList<>();
        rows.add(against(
                "the paper's",
                first.results().get(Reproduction.LOGITS),
                second.results().get(Reproduction.LOGITS)));
        // McNemar's test counts answers, so it is made for one training a variant: means have none.
        String seed = ", seed " + fair.getFirst().seed();
        rows.add(against(
                "reconstruction, test tomogram; fold " + fair.getFirst().fold() + seed,
                fairResults(first.version()).getFirst(),
                fairResults(second.version()).getFirst()));
        rows.add(against(
                "fair, all folds" + seed,
                CrossValidation.ofFirstSeed(fair(first.version())),
                CrossValidation.ofFirstSeed(fair(second.version()))));
        return Optional.of(new ReportTable(
                "variants",
                name(first.version()) + " against " + name(second.version()),
                "Differences of macro F1, the first less the second, with paired 95 % intervals; McNemar's exact test.",
                List.of(
                        "Protocol",
                        name(first.version()),
                        name(second.version()),
                        "Difference",
                        "by tomogram",
                        "Only the first right",
                        "Only the second right",
                        "McNemar p"),
                rows));
    }

    private static List<String> against(String protocol, Result first, Result second) {
        Comparison comparison =
                Comparison.of(first.metrics().confusion().size(), first.predictions(), second.predictions());
        return List.of(
                protocol,
                interval(first.metrics().f1()),
                interval(second.metrics().f1()),
                signed(comparison.f1()),
                comparison.f1ByTomogram().map(StudyTables::signed).orElse(""),
                Long.toString(comparison.test().onlyFirst()),
                Long.toString(comparison.test().onlySecond()),
                number("%.4f", comparison.test().p()));
    }

    private static String name(Version version) {
        return "ConvNeXt " + version.name();
    }

    private static String interval(Estimate e) {
        return String.format(Locale.ROOT, "%.3f [%.3f, %.3f]", e.value(), e.low(), e.high());
    }

    private static String byTomogram(MacroF1 f1) {
        return f1.byTomogram()
                .map(e -> String.format(Locale.ROOT, "[%.3f, %.3f]", e.low(), e.high()))
                .orElse("");
    }

    private static String signed(Estimate e) {
        return String.format(Locale.ROOT, "%+.3f [%+.3f, %+.3f]", e.value(), e.low(), e.high());
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
