package org.cryonext.cryoet.network;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.cryonext.cryoet.metrics.CalibrationError;
import org.cryonext.cryoet.run.Calibration;

/**
 * Fits the temperature at which the validation particles' cross entropy is smallest. Source: Guo et al. 2017, arXiv
 * 1706.04599.
 */
public final class Calibrator {
    /** Temperatures from 1 / 20 to 20, by their logarithm; a network that needs more has learnt nothing. */
    private static final double REACH = Math.log(20);

    private static final int STEPS = 60;

    private final List<float[]> logits;
    private final int[] labels;

    private Calibrator(List<float[]> logits, int[] labels) {
        this.logits = logits;
        this.labels = labels;
    }

    /**
     * Calibrates a network.
     *
     * @param logits of each particle, its images fused; at least one particle
     * @param labels their true classes
     */
    public static Calibration of(List<float[]> logits, int[] labels) {
        return of(logits, logits.stream().mapToDouble(Softmax::energy).toArray(), labels);
    }

    /**
     * Calibrates the mean over the first mirrorings of each particle's cube.
     *
     * @param scores of each particle, over at least as many mirrorings; at least one particle
     * @param mirrors their number
     * @param labels the particles' true classes
     */
    public static Calibration ofMirrored(List<Score> scores, int mirrors, int[] labels) {
        List<Score> first = scores.stream().map(score -> score.ofFirst(mirrors)).toList();
        return of(
                first.stream().map(Score::meanLogits).toList(),
                first.stream().mapToDouble(Score::energy).toArray(),
                labels);
    }

    private static Calibration of(List<float[]> logits, double[] unsorted, int[] labels) {
        Calibrator calibrator = new Calibrator(logits, labels);
        double temperature = StrictMath.exp(smallest(x -> calibrator.loss(StrictMath.exp(x))));
        double[] energies = Arrays.stream(unsorted).sorted().toArray();
        return new Calibration(
                temperature,
                labels.length,
                calibrator.loss(1),
                calibrator.loss(temperature),
                calibrator.error(1),
                calibrator.error(temperature),
                IntStream.rangeClosed(0, 100)
                        .mapToObj(percent -> energies[Math.round(percent / 100f * (energies.length - 1))])
                        .toList());
    }

    private double loss(double temperature) {
        double sum = 0;
        for (int i = 0; i < labels.length; i++) {
            double[] scaled = Softmax.scaled(logits.get(i), temperature);
            sum += Softmax.logSum(scaled) - scaled[labels[i]];
        }
        return sum / labels.length;
    }

    private double error(double temperature) {
        CalibrationError error = new CalibrationError();
        for (int i = 0; i < labels.length; i++) {
            double[] probabilities = Softmax.scaled(logits.get(i), temperature);
            Softmax.apply(probabilities);
            double largest = Arrays.stream(probabilities).max().orElseThrow();
            error.add(largest, probabilities[labels[i]] == largest);
        }
        return error.value();
    }

    /** By golden section; the loss is convex in 1 / temperature, so that there is one minimum. */
    private static double smallest(DoubleUnaryOperator loss) {
        double ratio = (Math.sqrt(5) - 1) / 2;
        double low = -REACH;
        double high = REACH;
        double a = high - ratio * (high - low);
        double b = low + ratio * (high - low);
        double atA = loss.applyAsDouble(a);
        double atB = loss.applyAsDouble(b);
        for (int step = 0; step < STEPS; step++) {
            if (atA <= atB) {
                high = b;
                b = a;
                atB = atA;
                a = high - ratio * (high - low);
                atA = loss.applyAsDouble(a);
            } else {
                low = a;
                a = b;
                atA = atB;
                b = low + ratio * (high - low);
                atB = loss.applyAsDouble(b);
            }
        }
        return (low + high) / 2;
    }
}
