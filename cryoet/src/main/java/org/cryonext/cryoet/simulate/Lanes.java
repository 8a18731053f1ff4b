package org.cryonext.cryoet.simulate;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Rows along y never mix when a specimen is tilted about y, so {@link #BLOCK} of them are computed side by side, one in
 * each lane. Every lane does the same operations whatever the vector's width: results do not depend on the machine.
 */
final class Lanes {
    /** Rows computed together. */
    static final int BLOCK = 16;

    /** The machine's vectors, at most {@link #BLOCK} wide. */
    static final VectorSpecies<Float> SPECIES =
            FloatVector.SPECIES_PREFERRED.length() > BLOCK ? FloatVector.SPECIES_512 : FloatVector.SPECIES_PREFERRED;

    private Lanes() {}

    /** Adds {@code weight} times {@link #BLOCK} values of {@code from} to those of {@code to}. */
    static void addScaled(float[] to, int toAt, float[] from, int fromAt, float weight) {
        for (int k = 0; k < BLOCK; k += SPECIES.length()) {
            FloatVector sum = FloatVector.fromArray(SPECIES, to, toAt + k);
            FloatVector value = FloatVector.fromArray(SPECIES, from, fromAt + k);
            value.fma(FloatVector.broadcast(SPECIES, weight), sum).intoArray(to, toAt + k);
        }
    }
}
