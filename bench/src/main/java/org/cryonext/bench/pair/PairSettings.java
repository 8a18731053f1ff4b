package org.cryonext.bench.pair;

import org.cryonext.engine.io.InputException;

/**
 * How thoroughly a model is measured.
 *
 * @param seconds about how long each program is measured, after a third of that as warm-up
 * @param rounds in how many turns
 */
public record PairSettings(double seconds, int rounds) {
    /**
     * Checks the numbers.
     *
     * @throws InputException if nothing can be measured so
     */
    public PairSettings {
        if (!(seconds > 0 && seconds < 1e6)) {
            throw new InputException(
                    "Each row is to be measured for " + seconds + " seconds; expected more than 0 and less than 1e6");
        }
        if (rounds < 1) {
            throw new InputException("There are " + rounds + " rounds; at least one is needed");
        }
    }
}
