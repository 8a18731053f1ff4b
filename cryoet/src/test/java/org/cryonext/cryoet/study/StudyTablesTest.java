package org.cryonext.cryoet.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.cryonext.cryoet.metrics.MacroF1;
import org.cryonext.cryoet.metrics.Metrics;
import org.cryonext.cryoet.metrics.Prediction;
import org.cryonext.cryoet.report.ReportTable;
import org.cryonext.cryoet.report.Result;
import org.cryonext.models.convnext.Version;
import org.junit.jupiter.api.Test;

/** The tables of made-up answers: two folds of two tomograms each, and two seeds. */
final class StudyTablesTest {
    private static final List<String> CLASSES = PaperFigures.ENTRY_CLASSES;

    /** Five particles of each class in turn over the tomograms; every {@code wrong}-th is taken for the next class. */
    private static Result answers(int wrong, String... tomograms) {
        List<Prediction> predictions = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            int truth = i % CLASSES.size();
            int predicted = i % wrong == 0 ? (truth + 1) % CLASSES.size() : truth;
            predictions.add(new Prediction(
                    tomograms[i / 12 % tomograms.length], i, 0, 0, i + 1, truth, predicted, new float[CLASSES.size()]));
        }
        return Result.of("any", CLASSES, predictions);
    }

    private static Trained trained(Map<String, Result> results) {
        Answers answers = new Answers(CLASSES, 2, 180, List.of(), List.of());
        return new Trained(
                "any",
                Version.V1,
                Path.of("run"),
                1,
                results,
                Map.of(Reproduction.LOGITS, answers, Reproduction.PROBABILITIES, answers));
    }

    private static final List<Trained> PAPER = List.of(trained(
            Map.of(Reproduction.LOGITS, answers(7, "model_4"), Reproduction.PROBABILITIES, answers(7, "model_4"))));

    private static FairRun run(int fold, long seed, int wrong) {
        return new FairRun(
                trained(Map.of(
                        Reproduction.TEST,
                        answers(wrong, "model_4"),
                        Reproduction.HELD_OUT,
                        answers(wrong, "model_" + fold, "model_" + (fold + 2)))),
                fold,
                seed);
    }

    private static final List<FairRun> FAIR = List.of(run(0, 42, 2), run(1, 42, 3), run(0, 43, 5), run(1, 43, 11));
    private static final StudyTables TABLES = new StudyTables(PAPER, FAIR);

    private static double f1(int wrong) {
        return answers(wrong, "model_4").metrics().f1().value();
    }

    @Test
    void everyTrainingOfTheFairProtocolHasIntervalsByTomogram() {
        ReportTable table = TABLES.runs();
        int tomograms = table.head().indexOf("Fold's tomograms, by tomogram");
        assertThat(table.rows()).hasSize(4 + 2);
        Metrics first =
                FAIR.getFirst().network().results().get(Reproduction.HELD_OUT).metrics();
        assertThat(table.rows().getFirst().get(tomograms))
                .isEqualTo("[%.3f, %.3f]"
                        .formatted(
                                first.byTomogram().orElseThrow().f1().low(),
                                first.byTomogram().orElseThrow().f1().high()));
    }

    @Test
    void theFoldsTogetherAreTheMeanOverTheSeedsAndNotTheFirstAlone() {
        MacroF1 mean = CrossValidation.f1(FAIR);
        List<Prediction> second =
                new ArrayList<>(answers(5, "model_0", "model_2").predictions());
        second.addAll(answers(11, "model_1", "model_3").predictions());
        double first = CrossValidation.ofFirstSeed(FAIR).metrics().f1().value();
        double other = Metrics.of(CLASSES, second).f1().value();
        assertThat(mean.byParticle().value()).isEqualTo((first + other) / 2);
        assertThat(first).isNotEqualTo(other);
        List<String> row = TABLES.runs().rows().getLast();
        assertThat(row.getFirst()).isEqualTo("ConvNeXt V1, folds together");
        assertThat(row.get(5)).startsWith("%.3f [".formatted(mean.byParticle().value()));
        assertThat(row.get(6)).startsWith("[");
    }

    @Test
    void firstTableHasOursThePapersAndTheDifferenceOfBothFusions() {
        ReportTable table = TABLES.overall();
        assertThat(table.rows())
                .extracting(row -> row.get(1))
                .containsExactly(
                        "ours, logits averaged (the notebook)",
                        "ours, probabilities averaged (the text)",
                        "the paper's",
                        "ours less the paper's, logits averaged (the notebook)",
                        "ours less the paper's, probabilities averaged (the text)");
        for (int figure = 2; figure < 6; figure++) {
            double ours = Double.parseDouble(table.rows().get(0).get(figure));
            double theirs = Double.parseDouble(table.rows().get(2).get(figure));
            assertThat(Double.parseDouble(table.rows().get(3).get(figure))).isCloseTo(ours - theirs, within(0.00011));
        }
        assertThat(table.rows().get(2))
                .startsWith("ConvNeXt V1", "the paper's", "0.9894")
                .contains("36.61");
    }

    @Test
    void secondTableHasTheDifferenceOfEveryFigure() {
        ReportTable table = TABLES.perClass(PAPER.getFirst());
        assertThat(table.id()).isEqualTo("table2_v1");
        List<String> row = table.rows().getFirst();
        assertThat(row.getFirst()).isEqualTo("1s3x");
        assertThat(row).hasSameSizeAs(table.head());
        for (int figure = 2; figure < row.size(); figure += 3) {
            assertThat(Double.parseDouble(row.get(figure + 2)))
                    .isCloseTo(
                            Double.parseDouble(row.get(figure)) - Double.parseDouble(row.get(figure + 1)),
                            within(0.0011));
        }
        assertThat(row.get(3)).isEqualTo("0.964");
        assertThat(row.get(6)).isEqualTo("0.970");
    }

    @Test
    void aClassThatWasNotAskedAboutHasNoFiguresAndNoDifferences() {
        List<Prediction> some = answers(7, "model_4").predictions().stream()
                .filter(p -> p.truth() != 0)
                .toList();
        Trained network = trained(Map.of(Reproduction.LOGITS, Result.of("any", CLASSES, some)));
        List<String> row =
                new StudyTables(List.of(network), FAIR).perClass(network).rows().getFirst();
        assertThat(row).containsExactly("1s3x", "0", "", "0.964", "", "", "0.970", "", "", "0.967", "");
    }

    @Test
    void thirdTableHasTheDifferencesFromThePaper() {
        List<List<String>> rows = TABLES.entries().rows();
        List<String> theirs = row(rows, "ConvNeXt V1, the paper's figures");
        List<String> ours = row(rows, "ConvNeXt V1, ours by the paper's protocol");
        List<String> differences = row(rows, "ConvNeXt V1, ours less the paper's");
        for (int k = 1; k < theirs.size(); k++) {
            assertThat(Double.parseDouble(differences.get(k)))
                    .isCloseTo(Double.parseDouble(ours.get(k)) - Double.parseDouble(theirs.get(k)), within(0.0011));
        }
    }

    private static List<String> row(List<List<String>> rows, String name) {
        return rows.stream()
                .filter(cells -> cells.getFirst().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void thirdTableHasTheMeanOfAllFairTrainings() {
        ReportTable table = TABLES.entries();
        List<String> row = row(table.rows(), "ConvNeXt V1, ours on the reconstruction");
        assertThat(row.getLast()).isEqualTo("%.3f".formatted((f1(2) + f1(3) + f1(5) + f1(11)) / 4));
        assertThat(table.note()).contains("means over the 4 trainings");
    }
}
