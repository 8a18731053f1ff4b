package org.cryonext.cryoet.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Which particles are like none of the classes: those whose energy is above a threshold.
 *
 * @param share of the run's validation particles that are above it
 * @param threshold the energy above which a particle is rejected
 * @param energies of the particles, in the order of the predictions
 */
public record Rejection(double share, double threshold, List<Double> energies) {

    /** Copies the list. */
    public Rejection {
        energies = List.copyOf(energies);
    }

    /** Whether a particle is rejected. */
    public boolean rejects(int row) {
        return energies.get(row) > threshold;
    }

    /** Particles that are rejected. */
    public long count() {
        return energies.stream().filter(energy -> energy > threshold).count();
    }

    /** The energies as the files have them. */
    public List<String> energyColumn() {
        return energies.stream()
                .map(energy -> String.format(Locale.ROOT, "%.6f", energy))
                .toList();
    }

    /** 1 for those that are rejected, else 0. */
    public List<String> column() {
        List<String> column = new ArrayList<>(energies.size());
        for (int row = 0; row < energies.size(); row++) {
            column.add(rejects(row) ? "1" : "0");
        }
        return column;
    }
}
