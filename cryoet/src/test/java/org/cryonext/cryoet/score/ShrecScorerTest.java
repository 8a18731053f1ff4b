package org.cryonext.cryoet.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.cryonext.cryoet.metrics.ClassMetrics;
import org.cryonext.cryoet.volume.MemoryVolume;
import org.cryonext.cryoet.volume.MrcForm;
import org.cryonext.cryoet.volume.MrcWriter;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Hand-worked cases. The ground truth is a mask of 20 x 20 x 10 voxels with particles of one voxel:
 *
 * <pre>
 * 1  1bxn  (3, 3, 3)
 * 2  1bxn  (3, 8, 3)
 * 3  4cr2  (10, 10, 5)
 * 4  3qm1  (12, 10, 5), one voxel away from number 3
 * </pre>
 */
class ShrecScorerTest {
    private static final int[][] PLACES = {{3, 3, 3}, {3, 8, 3}, {10, 10, 5}, {12, 10, 5}};
    private static final List<String> NAMES = List.of("1bxn", "1bxn", "4cr2", "3qm1");

    @TempDir
    private Path folder;

    private Path submission(String... lines) throws IOException {
        return Files.writeString(folder.resolve("submission.txt"), String.join("\n", lines) + "\n");
    }

    private static MemoryVolume mask() {
        MemoryVolume mask = MemoryVolume.zeros("mask", 20, 20, 10, 10);
        for (int i = 0; i < PLACES.length; i++) {
            mask.slice(PLACES[i][2])[PLACES[i][1] * 20 + PLACES[i][0]] = i + 1;
        }
        return mask;
    }

    /** A folder of 2020's layout whose reconstruction has {@code padding} more slices at both ends. */
    private Path truth(int padding, List<String> names) throws IOException {
        Path model = folder.resolve("model_9");
        StringBuilder list = new StringBuilder();
        for (int i = 0; i < PLACES.length; i++) {
            list.append(names.get(i));
            for (int coordinate : PLACES[i]) {
                list.append(' ').append(coordinate);
            }
            list.append(" 0 0 0\n");
        }
        Files.createDirectories(model);
        Files.writeString(model.resolve("particle_locations.txt"), list);
        MrcWriter.write(model.resolve("occupancy_mask.mrc"), MrcForm.shrec(20, 20, 10), mask());
        int nz = 10 + 2 * padding;
        MrcWriter.write(
                model.resolve("reconstruction.mrc"),
                MrcForm.shrec(20, 20, nz),
                MemoryVolume.zeros("reconstruction", 20, 20, nz, 10));
        return model;
    }

    private static ShrecScore score(Path submission, Path truth) {
        return ShrecScorer.score(submission, truth, ScoreRules.PUBLISHED);
    }

    private static ClassMetrics metrics(ShrecScore score, String name) {
        return score.perClass().stream()
                .filter(c -> c.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void a2020SubmissionByHand() throws IOException {
        ShrecScore score = score(
                submission(
                        "1bxn 3 3 9", // particle 1
                        "4cr2 4 3 9", // beside particle 1, which the dilation covers: a second hit, whose class does
                        // not count
                        "1bxn 10 10 11", // particle 3 taken for 1bxn
                        "3qm1 12.4 9.6 11 45 0 0", // particle 4, rounded
                        "3qm1 0 0 6", // nothing there
                        "1bxn 3 8 900"), // clipped to the last slice: nothing there
                truth(6, NAMES));

        assertThat(score.contest()).isEqualTo(Contest.SHREC_2020);
        // z 900 makes the script add 6 to all: so the first four are looked for 6 slices too high.
        assertThat(score.found()).isZero();
        assertThat(score.frame())
                .hasToString(
                        "z counts from the first slice of the ground truth: 1 of 6 z lie outside 6 to 16, so by the"
                                + " rule of 2020 6 is added to all of them");
        assertThat(score.notes())
                .containsExactly("with z counted from the first slice of the ground truth, 0 of the 4 particles are"
                        + " found, but 3 if it is that of the tomogram; if that is meant, correct the z that lie outside"
                        + " 6 to 16");
        score = score(
                submission(
                        "1bxn 3 3 9",
                        "4cr2 4 3 9",
                        "1bxn 10 10 11",
                        "3qm1 12.4 9.6 11 45 0 0",
                        "3qm1 0 0 6",
                        "1bxn 90 8 9"), // clipped in x: nothing there
                truth(6, NAMES));

        assertThat(score.notes()).isEmpty();
        assertThat(score.predicted()).isEqualTo(6);
        assertThat(score.particles()).isEqualTo(4);
        assertThat(score.found()).isEqualTo(3);
        assertThat(score.missed()).isEqualTo(1);
        assertThat(score.background()).isEqualTo(2);
        assertThat(score.several()).isEqualTo(1);
        assertThat(score.clipped()).isEqualTo(1);
        assertThat(score.recall()).isEqualTo(3 / 4.0);
        assertThat(score.precision()).isEqualTo(3 / 6.0);
        assertThat(score.missRate()).isEqualTo(1 / 4.0);
        assertThat(score.f1()).isCloseTo(2 * 0.75 * 0.5 / 1.25, within(1e-12));
        // First hits of particles 1, 3 and 4 lie at their centres; the second of particle 1 does not count.
        assertThat(score.meanDistance()).isEqualTo(0);
        // 1bxn: particle 1 right, particle 2 not found, particle 3 wrongly called 1bxn.
        assertThat(metrics(score, "1bxn").precision()).isEqualTo(1 / 2.0);
        assertThat(metrics(score, "1bxn").recall()).isEqualTo(1 / 2.0);
        assertThat(metrics(score, "4cr2").f1().value()).isZero();
        assertThat(metrics(score, "3qm1").f1().value()).isEqualTo(1);
        assertThat(score.perClass()).hasSize(3);
        assertThat(score.macroF1()).isCloseTo((0.5 + 0 + 1) / 3, within(1e-12));
    }

    @Test
    void coordinatesOfTheGroundTruthAreRecognised() throws IOException {
        ShrecScore score =
                score(submission("1bxn 3 3 3", "1bxn 3 8 3", "4cr2 10 10 5", "3qm1 12 10 5"), truth(6, NAMES));

        assertThat(score.notes()).isEmpty();
        assertThat(score.frame().fromGroundTruth()).isTrue();
        assertThat(score.frame().why()).endsWith("6 is added to all of them");
        assertThat(score.f1()).isEqualTo(1);
        assertThat(score.macroF1()).isEqualTo(1);
    }

    @Test
    void aListThatFitsTheTomogramByChanceIsWarnedOfAndTheOptionDecides() throws IOException {
        // Places in the ground truth whose z lie where the reconstruction would have the ground truth.
        Path truth = truth(2, NAMES);
        Path submission = submission("1bxn 3 3 3", "1bxn 3 8 3", "4cr2 10 10 5", "3qm1 12 10 5");
        ShrecScore score = score(submission, truth);

        assertThat(score.found()).isZero();
        assertThat(score.frame())
                .hasToString(
                        "z counts from the first slice of the tomogram: all z lie from 2 to 12, which the rule of 2020"
                                + " takes so (--ground-truth-z otherwise)");
        assertThat(score.notes())
                .containsExactly("with z counted from the first slice of the tomogram, 0 of the 4 particles are found,"
                        + " but 4 if it is that of the ground truth; if that is meant, give --ground-truth-z");

        ShrecScore right = ShrecScorer.score(submission, truth, new ScoreRules(null, true, false));
        assertThat(right.macroF1()).isEqualTo(1);
        assertThat(right.frame().why()).isEqualTo("--ground-truth-z is given");
        assertThat(right.notes()).isEmpty();

        Path inTomogram = submission("1bxn 3 3 5", "1bxn 3 8 5", "4cr2 10 10 7", "3qm1 12 10 7");
        assertThat(ShrecScorer.score(inTomogram, truth, new ScoreRules(null, true, false))
                        .notes())
                .singleElement()
                .asString()
                .endsWith("but 4 if it is that of the tomogram; if that is meant, leave out --ground-truth-z");
    }

    @Test
    void whatTheRulesOfAYearDoNotHaveIsRefused() throws IOException {
        Path truth = truth(6, NAMES);
        Path submission = submission("1bxn 3 3 3");
        assertThatThrownBy(() -> ShrecScorer.score(submission, truth, new ScoreRules(null, false, true)))
                .isInstanceOf(InputException.class)
                .hasMessage("--all-classes is for SHREC 2021, whose published results leave classes out, but " + truth
                        + " is scored by the rules of 2020; leave it out, or name another year (--year)");
        assertThatThrownBy(() -> ShrecScorer.score(submission, truth, new ScoreRules(Contest.SHREC_2021, true, false)))
                .isInstanceOf(InputException.class)
                .hasMessage("--ground-truth-z is for SHREC 2019 and 2020, whose tomograms have further slices, but "
                        + truth + " is scored by the rules of 2021; leave it out, or name another year (--year)");
    }

    @Test
    void ofSeveralTomogramsThatOfTheGroundTruthCounts() throws IOException {
        Path truth = truth(0, NAMES);
        String own = truth.getFileName().toString();
        String other = """
                tomogram,x,y,z,true,predicted
                model_7,3,3,3,1bxn,4cr2
                model_8,10,10,5,4cr2,1bxn
                """;
        Path csv = folder.resolve("predictions.csv");
        ShrecScore score =
                score(Files.writeString(csv, other + own + ",3,3,3,1bxn,1bxn\n" + own + ",10,10,5,4cr2,4cr2\n"), truth);
        assertThat(score.predicted()).isEqualTo(2);
        assertThat(metrics(score, "1bxn").precision()).isEqualTo(1);

        Path without = Files.writeString(folder.resolve("others.csv"), other);
        assertThatThrownBy(() -> score(without, truth))
                .isInstanceOf(InputException.class)
                .hasMessage(without + " has particles of 2 tomograms (model_7, model_8), none of them " + own
                        + ", whose ground truth is given; give that of one of them");
    }

    @Test
    void thePredictionsOfAnEvaluationAreScoredByTheirPredictedClass() throws IOException {
        Path truth = truth(0, NAMES);
        Path csv = Files.writeString(folder.resolve("predictions.csv"), """
                tomogram,x,y,z,true,predicted,probability,p_1bxn,p_4cr2,p_3qm1
                model_9,3,3,3,1bxn,1bxn,0.9,0.9,0.05,0.05
                model_9,10,10,5,4cr2,3qm1,0.6,0.2,0.2,0.6
                """);
        ShrecScore score = score(csv, truth);
        assertThat(metrics(score, "1bxn").precision()).isEqualTo(1);
        assertThat(metrics(score, "4cr2").recall()).isZero();
        assertThat(metrics(score, "3qm1").precision()).isZero();

        Path without = Files.writeString(folder.resolve("places.csv"), "x,y,z\n3,3,3\n");
        assertThatThrownBy(() -> score(without, truth))
                .isInstanceOf(InputException.class)
                .hasMessage(
                        without + " line 2: no class is given; scoring needs the predicted one of every particle (the"
                                + " column \"predicted\" or \"class\" of a CSV file, _cryonextClass of a STAR file)");
    }

    @Test
    void halvesAreRoundedToTheEvenVoxelAndMeetingParticlesGoToTheLargerNumber() throws IOException {
        Path truth = truth(0, NAMES);
        // 2.5 and 3.5 become 2 and 4, both beside particle 1 at x = 3; 11 lies between particles 3 and 4.
        ShrecScore score = score(submission("1bxn 2.5 3 3", "1bxn 3.5 3 3", "4cr2 11 10 5"), truth);

        assertThat(score.several()).isEqualTo(1);
        assertThat(score.found()).isEqualTo(2);
        assertThat(score.confusion()
                        .counts()[score.confusion().classes().indexOf("3qm1")][
                        score.confusion().classes().indexOf("4cr2")])
                .isEqualTo(1);
        assertThat(score.meanDistance()).isEqualTo(1);
    }

    @Test
    void theOutermostSlicesOfTheMaskAreNotDilatedIntoThePadding() throws IOException {
        MemoryVolume mask = MemoryVolume.zeros("mask", 20, 20, 10, 10);
        mask.slice(0)[5 * 20 + 5] = 1;
        Path model = truth(6, NAMES);
        MrcWriter.write(model.resolve("occupancy_mask.mrc"), MrcForm.shrec(20, 20, 10), mask);
        assertThat(score(submission("1bxn 5 5 7", "1bxn 1 1 16"), model).found())
                .isEqualTo(1);
        // One slice further down lies the padding, which is not dilated; z 5 makes 6 be added, so z is given as from 0.
        assertThat(score(submission("1bxn 5 5 -1"), model).found()).isZero();
    }

    @Test
    void a2019SubmissionByHand() throws IOException {
        Path truth = Files.createDirectory(folder.resolve("9"));
        MrcWriter.write(truth.resolve("hitbox_9.mrc"), MrcForm.shrec(20, 20, 10), mask());
        Files.writeString(truth.resolve("particle_locations_model_9.txt"), """
                1bxn 3 3 3 0 0 0
                1bxn 3 8 3 0 0 0
                4b4t 5 10 10 0 0 0
                3qm1 5 10 12 0 0 0
                """);
        // The mask of 10 slices stands in a tomogram of 512: z is counted from 251 slices further down. Order Z Y X.
        Path submission = submission(
                "1bxn 254 3 3",
                "4b4t 254 3 3", // again particle 1: counted in the distance, not in the class
                "4b4t 254 3 4", // beside particle 1: nothing, as nothing is dilated
                "3qm1 256 10 12",
                "0 259 8 3");
        ShrecScore score = score(submission, truth);

        assertThat(score.contest()).isEqualTo(Contest.SHREC_2019);
        assertThat(score.found()).isEqualTo(2);
        assertThat(score.background()).isEqualTo(2);
        assertThat(score.several()).isEqualTo(1);
        assertThat(score.precision()).isEqualTo(2 / 5.0);
        assertThat(score.meanDistance()).isZero();
        assertThat(metrics(score, "1bxn").recall()).isEqualTo(1 / 2.0);
        assertThat(metrics(score, "1bxn").precision()).isEqualTo(1);

        ShrecScore fromTruth =
                ShrecScorer.score(submission("1bxn 3 3 3", "4b4t 5 10 10"), truth, new ScoreRules(null, true, false));
        assertThat(fromTruth.found()).isEqualTo(2);
        assertThat(score(submission("1bxn 3 3 3", "4b4t 5 10 10"), truth).notes())
                .singleElement()
                .asString()
                .endsWith("if that is meant, give --ground-truth-z");
        assertThat(fromTruth.macroF1()).isCloseTo((2 / 3.0 + 1 + 0) / 3, within(1e-12));
    }

    @Test
    void a2021SubmissionByHand() throws IOException {
        Path truth = truth(0, List.of("1BXN", "4V94", "vesicle", "5MRC"));
        Path submission = submission(
                "1bxn 3 3 3", // capitals do not matter
                "4v94 3 8 3", // a hit on what does not count
                "5mrc 10 10 5", // a hit on a vesicle
                "4V94 12 10 5"); // the 5MRC called 4V94: not classified
        ShrecScore score = score(submission, truth);

        assertThat(score.contest()).isEqualTo(Contest.SHREC_2021);
        // The vesicle stays among those to be found, the ribosome does not.
        assertThat(score.particles()).isEqualTo(3);
        assertThat(score.found()).isEqualTo(2);
        assertThat(score.precision()).isEqualTo(2 / 4.0);
        assertThat(score.recall()).isEqualTo(2 / 3.0);
        assertThat(score.confusion().classes())
                .doesNotContain("4V94", "vesicle")
                .contains("fiducial");
        assertThat(metrics(score, "1BXN").f1().value()).isEqualTo(1);
        assertThat(metrics(score, "5MRC").f1().value()).isZero();
        assertThat(score.perClass()).hasSize(2);
        assertThat(ScoreTable.text(score))
                .contains("4 particles predicted, 3 to be found")
                .contains("2 found, 0 not found; 0 predictions hit nothing")
                .contains("The other 1 to be found: a vesicle, of which no hit counts");

        ShrecScore all = ShrecScorer.score(submission, truth, new ScoreRules(null, false, true));
        assertThat(all.particles()).isEqualTo(4);
        assertThat(all.found()).isEqualTo(4);
        assertThat(metrics(all, "4V94").precision()).isEqualTo(1 / 2.0);
        assertThat(metrics(all, "vesicle").recall()).isZero();
    }

    @Test
    void ownClassesAndTablesAreScoredByTheRulesOf2020() throws IOException {
        Path truth = truth(6, List.of("ribosome", "proteasome", "ribosome", "proteasome"));
        Path csv = Files.writeString(folder.resolve("classified.csv"), """
                tomogram,x,y,z,class,probability
                model_9,3,3,9,ribosome,0.9
                model_9,3,8,9,ribosome,0.6
                """);
        ShrecScore score = score(csv, truth);

        assertThat(score.found()).isEqualTo(2);
        assertThat(score.confusion().classes()).containsExactly("background", "proteasome", "ribosome");
        assertThat(metrics(score, "ribosome").precision()).isEqualTo(0.5);
        assertThat(ScoreTable.text(score))
                .contains(
                        "z counts from the first slice of the tomogram: all z lie from 6 to 16",
                        "2 particles predicted, 4 to be found",
                        "Locating: recall 0.50000, precision 1.00000")
                .contains("mean F1 of the classes 0.2500");
        Path json = folder.resolve("score.json");
        ScoreJson.write(json, score);
        JsonNode root = JsonMapper.shared().readTree(Files.readString(json));
        assertThat(root.at("/z_from").asString()).isEqualTo("tomogram");
        assertThat(root.at("/locating/f1").asDouble()).isEqualTo(score.f1());
        assertThat(root.at("/classifying/per_class/ribosome/recall").asDouble()).isEqualTo(0.5);
    }

    @Test
    void whatCannotBeScoredIsNamed() throws IOException {
        Path truth = truth(6, NAMES);
        assertThatThrownBy(() -> score(submission("4b4t 3 3 3"), truth))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("submission.txt line 1: unknown class \"4b4t\"")
                .hasMessageContaining("is it another year (--year)?");
        assertThatThrownBy(() -> score(submission("1bxn 3 3"), truth))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("line 1: 3 values, at least 4 were expected: a class and X Y Z");
        assertThatThrownBy(() -> score(submission("1bxn 3 3 x"), truth))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("line 1: a coordinate is \"x\"");
        assertThatThrownBy(() -> score(submission(""), truth))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("no particle is in the list");
        assertThatThrownBy(() -> score(submission("1bxn 3 3 3"), folder))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("neither particle_locations.txt and occupancy_mask.mrc");
        assertThatThrownBy(() -> Contest.of(2022))
                .isInstanceOf(InputException.class)
                .hasMessage("--year is 2022, expected 2019, 2020 or 2021");
        MemoryVolume wrong = mask();
        wrong.slice(3)[3 * 20 + 3] = 7;
        MrcWriter.write(truth.resolve("occupancy_mask.mrc"), MrcForm.shrec(20, 20, 10), wrong);
        assertThatThrownBy(() -> score(submission("1bxn 3 3 3"), truth))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("says 7.0, the number of one of the 4 particles of the list was expected");
    }
}
