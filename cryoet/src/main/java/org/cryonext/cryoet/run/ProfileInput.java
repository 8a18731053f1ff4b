package org.cryonext.cryoet.run;

import java.util.ArrayList;
import java.util.List;
import org.cryonext.cryoet.profile.RadialProfile;
import org.cryonext.engine.io.InputException;

/**
 * The radial profile that a network's classifier reads beside the features, standardised by the training particles.
 *
 * @param mean of each number of the profile over the training particles
 * @param deviation of each number over them; 1 where all are the same
 * @param dropout probability that training withholds a number of a particle, those kept being made larger to match
 */
public record ProfileInput(List<Double> mean, List<Double> deviation, double dropout) {
    /** Of a mean; what sums of equal numbers leave is less. */
    private static final double ROUNDING = 1e-12;

    /** @throws InputException if there are more or fewer numbers than a profile has, or one that cannot be used */
    public ProfileInput {
        mean = List.copyOf(mean);
        deviation = List.copyOf(deviation);
        if (mean.size() != RadialProfile.LENGTH || deviation.size() != RadialProfile.LENGTH) {
            throw new InputException("The profile's mean and deviation have " + mean.size() + " and " + deviation.size()
                    + " numbers, expected " + RadialProfile.LENGTH + " each");
        }
        if (!mean.stream().allMatch(Double::isFinite)
                || !deviation.stream().allMatch(d -> d > 0 && d < Double.MAX_VALUE)) {
            throw new InputException("The profile's mean and deviation are to be numbers, the deviation above 0");
        }
        if (!(dropout >= 0 && dropout < 1)) {
            throw new InputException("The profile's dropout is " + dropout + ", expected 0 to below 1");
        }
    }

    /**
     * The mean and deviation of some profiles.
     *
     * @param profiles at least one, {@link RadialProfile#LENGTH} numbers each
     */
    public static ProfileInput of(List<double[]> profiles, double dropout) {
        List<Double> means = new ArrayList<>();
        List<Double> deviations = new ArrayList<>();
        for (int i = 0; i < RadialProfile.LENGTH; i++) {
            int at = i;
            double mean = profiles.stream().mapToDouble(p -> p[at]).sum() / profiles.size();
            double squares = profiles.stream()
                    .mapToDouble(p -> (p[at] - mean) * (p[at] - mean))
                    .sum();
            double deviation = Math.sqrt(squares / profiles.size());
            means.add(mean);
            deviations.add(deviation > ROUNDING * Math.abs(mean) ? deviation : 1);
        }
        return new ProfileInput(means, deviations, dropout);
    }

    /**
     * Brings a profile to mean 0 and deviation 1 of the training particles.
     *
     * @param out receives {@link RadialProfile#LENGTH} numbers from {@code at} on
     */
    public void standardise(double[] profile, float[] out, int at) {
        for (int i = 0; i < profile.length; i++) {
            out[at + i] = (float) ((profile[i] - mean.get(i)) / deviation.get(i));
        }
    }
}
