package org.cryonext.cryoet.network;

import org.cryonext.engine.io.InputException;

/**
 * The mirrorings of a particle's cube whose answers are averaged; the missing wedge stays where it is under each. Two of the
 * axes together are half a turn, so that up to four leave a molecule's handedness as it is.
 *
 * @param count 1, 2, 4 or 8; 1 is the cube as it is
 */
public record Mirrors(int count) {
    /** The cube as it is. */
    public static final Mirrors NONE = new Mirrors(1);

    /** Axes of each, 1 for x, 2 for y and 4 for z together. */
    private static final int[] AXES = {0, 3, 5, 6, 1, 2, 4, 7};

    /** @throws InputException where there is no such number of them */
    public Mirrors {
        if (count != 1 && count != 2 && count != 4 && count != 8) {
            throw new InputException("--tta is " + count + ", expected 1, 2, 4 or 8 mirrorings of a particle's cube");
        }
    }

    /** The axes that a mirroring turns, 1 for x, 2 for y and 4 for z together. */
    int axes(int mirror) {
        return AXES[mirror];
    }
}
