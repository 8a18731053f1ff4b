package org.cryonext.cryoet.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.cryonext.cryoet.run.Calibration;
import org.cryonext.cryoet.run.Fusion;
import org.junit.jupiter.api.Test;

class CalibratorTest {
    private static final int PARTICLES = 20_000;

    /** Particles whose true probabilities are those of logits; the network says three times these logits. */
    private final List<float[]> logits = new ArrayList<>();

    private final int[] labels = new int[PARTICLES];

    private Calibration calibration() {
        Random random = new Random(3);
        for (int i = 0; i < PARTICLES; i++) {
            double[] own = {random.nextGaussian(), random.nextGaussian(), random.nextGaussian()};
            logits.add(new float[] {(float) (3 * own[0]), (float) (3 * own[1]), (float) (3 * own[2])});
            Softmax.apply(own);
            double draw = random.nextDouble();
            labels[i] = draw < own[0] ? 0 : draw < own[0] + own[1] ? 1 : 2;
        }
        return Calibrator.of(logits, labels);
    }

    @Test
    void findsTheTemperatureThatWasPutIn() {
        Calibration calibration = calibration();
        assertThat(calibration.temperature()).isCloseTo(3, within(0.1));
        assertThat(calibration.particles()).isEqualTo(PARTICLES);
        assertThat(calibration.errorBefore()).isGreaterThan(0.1);
        assertThat(calibration.errorAfter()).isLessThan(0.015);
        assertThat(calibration.lossAfter()).isLessThan(calibration.lossBefore());
    }

    @Test
    void theThresholdLeavesAShareOfTheParticlesAbove() {
        Calibration calibration = calibration();
        double threshold = calibration.threshold(0.05);
        long above = logits.stream()
                .filter(row -> new Score(new float[][] {row}, 1, new float[3]).energy() > threshold)
                .count();
        assertThat(above / (double) PARTICLES).isCloseTo(0.05, within(1e-3));
        assertThat(new Score(new float[][] {{0, 0}, {2, 0}}, 1, new float[2]).energy())
                .as("of the mean logits")
                .isCloseTo(-Math.log(Math.E + 1), within(1e-12));
        assertThat(new Score(new float[][] {{0, 0}, {2, 0}, {0, 0}, {2, 0}}, 2, new float[2]).energy())
                .as("of two mirrorings that say the same")
                .isCloseTo(-Math.log(Math.E + 1), within(1e-12));
        assertThat(new Score(new float[][] {{4, 0}, {0, 4}}, 2, new float[2]).energy())
                .as("each of two mirrorings as sure as it is")
                .isCloseTo(-Math.log(Math.exp(4) + 1), within(1e-12));
    }

    @Test
    void theOrderOfTheClassesStays() {
        float[][] two = {{1, 2, 0}, {0, 3, 1}};
        Score cold = Score.of(two, Fusion.CONCAT, 1);
        Score warm = Score.of(two, Fusion.CONCAT, 2);
        assertThat(warm.predicted()).isEqualTo(cold.predicted()).isEqualTo(1);
        assertThat(warm.probabilities()[1]).isLessThan(cold.probabilities()[1]);
        assertThat(Score.of(two, Fusion.PROBABILITIES, 2).probabilities())
                .isEqualTo(Score.of(two, Fusion.PROBABILITIES, 1).probabilities());
    }

    @Test
    void aMeanOverMirroringsHasATemperatureAndEnergiesOfItsOwn() {
        Random random = new Random(3);
        List<Score> scores = new ArrayList<>();
        int[] labels = new int[400];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = random.nextInt(2);
            float[][] each = new float[8][2];
            for (float[] row : each) {
                row[labels[i]] = (float) (0.5 + 4 * random.nextGaussian());
            }
            scores.add(Score.of(each, 8, Fusion.LOGITS, 1));
        }
        Calibration one = Calibrator.ofMirrored(scores, 1, labels);
        Calibration eight = Calibrator.ofMirrored(scores, 8, labels);
        assertThat(eight.temperature()).as("a mean is less often wrong").isLessThan(one.temperature());
        assertThat(eight.energies().getFirst()).isGreaterThan(one.energies().getFirst());
        assertThat(eight.energies().getLast()).isLessThan(one.energies().getLast());
        assertThat(eight.energies().getLast())
                .isEqualTo(scores.stream().mapToDouble(Score::energy).max().orElseThrow());
        assertThat(one)
                .isEqualTo(Calibrator.of(
                        scores.stream().map(score -> score.logits()[0]).toList(), labels));
    }
}
