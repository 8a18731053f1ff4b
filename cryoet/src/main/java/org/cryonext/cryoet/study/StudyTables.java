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
            List<Double> theirs = figures(PaperFigures.overall(network.version()));
            List<List<String>> differences = new ArrayList<>();
            for (String question : List.of(Reproduction.LOGITS, Reproduction.PROBABILITIES)) {
                String fusion = question.equals(Reproduction.LOGITS)
                        ? "logits averaged (the notebook)"
                        : "probabilities averaged (the text)";
                List<Double> ours = figures(network.results().get(question).metrics());
                Answers answers = network.answers().get(question);
                List<String> row = new ArrayList<>(List.of(name(network.version()), "ours, " + fusion));
                ours.forEach(value -> row.add(number("%.4f", value)));
                row.add(number("%.2f", answers.seconds()));
                row.add(number("%.0f", answers.images() / answers.seconds()));
                rows.add(row);
                List<String> difference =
                        new ArrayList<>(List.of(name(network.version()), "ours less the paper's, " + fusion));
                for (int i = 0; i < ours.size(); i++) {
                    difference.add(number("%+.4f", ours.get(i) - theirs.get(i)));
                }
                difference.addAll(List.of("", ""));
                differences.add(difference);
            }
            List<String> row = new ArrayList<>(List.of(name(network.version()), "the paper's"));
            theirs.forEach(value -> row.add(number("%.4f", value)));
            row.add(number("%.2f", PaperFigures.overall(network.version()).seconds()));
            row.add("");
            rows.add(row);
            rows.addAll(differences);
        }
        for (Rival rival : paper.getFirst().results().get(Reproduction.LOGITS).rivals()) {
            List<String> row = new ArrayList<>(List.of(rival.name(), "sees no shape at all"));
            figures(rival.metrics()).forEach(value -> row.add(number("%.4f", value)));
            row.addAll(List.of("", ""));
            rows.add(row);
        }
        return new ReportTable(
                "table1",
                "Table 1: the test tomogram by the paper's protocol",
                "Precision, recall and F1 are means over the classes. The paper's seconds are of a T4; ours are of this"
                        + " machine, cutting the slices included.",
                List.of("Model", "Whose figures", "Accuracy", "Precision", "Recall", "F1", "Seconds", "Images/s"),
                rows);
    }

    private static List<Double> figures(Metrics metrics) {
        return List.of(
                metrics.accuracy().value(),
                metrics.precision().value(),
                metrics.recall().value(),
                metrics.f1().value());
    }

    private static List<Double> figures(PaperFigures.Overall overall) {
        return List.of(overall.accuracy(), overall.precision(), overall.recall(), overall.f1());
    }

    /** Table 2: figures of each class; of one variant. */
    ReportTable perClass(Trained network) {
        List<List<String>> rows = new ArrayList<>();
        for (ClassMetrics ours : metrics(network).perClass()) {
            List<String> row = new ArrayList<>(List.of(ours.name(), Long.toString(ours.support())));
            Optional<PaperFigures.PerClass> theirs = PaperFigures.perClass(network.version(), ours.name());
            // A class without particles has no figures.
            boolean asked = ours.support() > 0;
            compared(row, asked, ours.precision(), theirs.map(PaperFigures.PerClass::precision));
            compared(row, asked, ours.recall(), theirs.map(PaperFigures.PerClass::recall));
            compared(row, asked, ours.f1().value(), theirs.map(PaperFigures.PerClass::f1));
            rows.add(row);
        }
        return new ReportTable(
                "table2_" + Trained.word(network.version()),
                "Table 2: each class by the paper's protocol, " + name(network.version()),
                "Ours, the paper's, and ours less the paper's; logits averaged, as in the paper's notebook. Nothing where"
                        + " the test tomogram has no particle of the class.",
                List.of(
                        "Class",
                        "Particles",
                        "Precision",
                        "paper's",
                        "difference",
                        "Recall",
                        "paper's",
                        "difference",
                        "F1",
                        "paper's",
                        "difference"),
                rows);
    }

    /** Empty cells for a class that the paper does not have, and for one that was not asked about. */
    private static void compared(List<String> row, boolean asked, double ours, Optional<Double> theirs) {
        row.add(asked ? number("%.3f", ours) : "");
        row.add(theirs.map(value -> number("%.3f", value)).orElse(""));
        row.add(theirs.filter(value -> asked)
                .map(value -> number("%+.3f", ours - value))
                .orElse(""));
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
            List<Optional<Double>> ours =
                    f1(network.results().get(Reproduction.LOGITS).metrics());
            rows.add(row(name(network.version()) + ", ours by the paper's protocol", ours));
            rows.add(differences(network.version(), ours));
        }
        for (Rival rival : paper.getFirst().results().get(Reproduction.LOGITS).rivals()) {
            rows.add(row(rival.name() + ", by the paper's protocol", f1(rival.metrics())));
        }
        for (Trained network : paper) {
            List<Result> results = fairResults(network.version());
            rows.add(row(
                    name(network.version()) + ", ours on the reconstruction",
                    meanF1(results.stream().map(Result::metrics).toList())));
        }
        List<Result> results = fairResults(paper.getFirst().version());
        for (int i = 0; i < results.getFirst().rivals().size(); i++) {
            int index = i;
            rows.add(row(
                    results.getFirst().rivals().get(i).name() + ", on the reconstruction",
                    meanF1(results.stream()
                            .map(result -> result.rivals().get(index).metrics())
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

    private static List<String> differences(Version version, List<Optional<Double>> ours) {
        List<String> row = new ArrayList<>(List.of(name(version) + ", ours less the paper's"));
        double sum = 0;
        int known = 0;
        for (int k = 0; k < ours.size(); k++) {
            Optional<Double> theirs = PaperFigures.perClass(version, PaperFigures.ENTRY_CLASSES.get(k))
                    .map(PaperFigures.PerClass::f1);
            Optional<Double> difference = ours.get(k).flatMap(own -> theirs.map(value -> own - value));
            row.add(difference.map(value -> number("%+.3f", value)).orElse(""));
            sum += difference.orElse(0.0);
            known += difference.isPresent() ? 1 : 0;
        }
        row.add(known == ours.size() ? number("%+.3f", sum / known) : "");
        return row;
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
                comparison.test().text());
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
