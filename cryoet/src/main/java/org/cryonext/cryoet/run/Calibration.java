package org.cryonext.cryoet.run;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.cryonext.engine.io.InputException;

/**
 * What the validation particles say of how sure a network may be; stored as {@code calibration.json} beside the best
 * checkpoint that it is about.
 *
 * @param temperature by which the fused logits are divided before the softmax; the order of the classes stays
 * @param particles that it was fitted on
 * @param lossBefore their mean cross entropy at a temperature of 1
 * @param lossAfter the same at the temperature
 * @param errorBefore their expected calibration error at a temperature of 1
 * @param errorAfter the same at the temperature
 * @param energies the 0th to 100th percentile of their energies, see {@link #threshold}
 * @param mirrored the same for the mean over 2, 4 and 8 mirrorings of a particle's cube, by their number: it is less sure, and
 *     its energies are closer together; empty, or null in earlier runs, where these were not answered
 */
public record Calibration(
        double temperature,
        int particles,
        double lossBefore,
        double lossAfter,
        double errorBefore,
        double errorAfter,
        List<Double> energies,
        Map<Integer, Calibration> mirrored) {
    private static final int PERCENT = 100;

    /** @throws InputException where the numbers make no sense */
    public Calibration {
        energies = List.copyOf(energies);
        mirrored = mirrored == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(mirrored));
        if (!(temperature > 0 && temperature < Double.MAX_VALUE)) {
            throw new InputException("A temperature of " + temperature + ", expected a number above 0");
        }
        if (energies.size() != PERCENT + 1) {
            throw new InputException(energies.size() + " percentiles of the energies, expected " + (PERCENT + 1));
        }
    }

    /** Of single answers alone. */
    public Calibration(
            double temperature,
            int particles,
            double lossBefore,
            double lossAfter,
            double errorBefore,
            double errorAfter,
            List<Double> energies) {
        this(temperature, particles, lossBefore, lossAfter, errorBefore, errorAfter, energies, null);
    }

    /** The same with what the means over mirrorings say, by their number. */
    public Calibration withMirrored(Map<Integer, Calibration> means) {
        return new Calibration(temperature, particles, lossBefore, lossAfter, errorBefore, errorAfter, energies, means);
    }

    /**
     * What the mean over some mirrorings says.
     *
     * @param mirrors their number; 1 for the cube as it is
     * @return empty where it was not answered
     */
    public Optional<Calibration> of(int mirrors) {
        return mirrors == 1 ? Optional.of(this) : Optional.ofNullable(mirrored.get(mirrors));
    }

    /** The temperature of the mean over some mirrorings; that of single answers where the mean was not answered. */
    public double temperature(int mirrors) {
        return of(mirrors).orElse(this).temperature();
    }

    /**
     * Checks what {@code --reject} was given.
     *
     * @param share null where nothing is rejected
     * @throws InputException where it is no share of particles
     */
    public static void requireShare(Double share) {
        if (share != null && !(share > 0 && share < 1)) {
            throw new InputException(
                    "--reject is " + share + ", expected a share of the particles between 0 and 1, for instance 0.05");
        }
    }

    /**
     * The energy above which a share of the validation particles lies. The energy of a particle is -log(sum(exp(logits)));
     * what belongs to none of the classes has a higher one. Source: Liu et al. 2020, arXiv 2010.03759.
     *
     * @param share of particles of known classes that may be rejected, 0 to 1
     */
    public double threshold(double share) {
        double at = (1 - share) * PERCENT;
        int below = Math.min((int) at, PERCENT - 1);
        return energies.get(below) + (at - below) * (energies.get(below + 1) - energies.get(below));
    }
}
