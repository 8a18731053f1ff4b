package org.cryonext.cryoet.triplet;

import org.cryonext.engine.io.InputException;

/**
 * Where the third axis of an oblique view points. The view is XY, turned about y by {@code polar}, then about z by {@code
 * azimuth}.
 *
 * @param polar degrees from z, -180 to 180
 * @param azimuth degrees from x towards y, -180 to 180
 */
public record Normal(double polar, double azimuth) {
    private static final double HALF_TURN = 180;

    /** @throws InputException where an angle is out of range */
    public Normal {
        if (!(Math.abs(polar) <= HALF_TURN && Math.abs(azimuth) <= HALF_TURN)) {
            throw new InputException("The normal of an oblique view has the angles " + polar + " and " + azimuth
                    + ", expected degrees from -180 to 180");
        }
    }

    Orientation axes() {
        return Orientation.aboutZ(azimuth).of(Orientation.about(new Vector(0, 1, 0), polar));
    }
}
