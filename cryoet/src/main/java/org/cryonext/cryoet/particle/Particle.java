package org.cryonext.cryoet.particle;

import org.cryonext.engine.io.InputException;

/**
 * One particle of a list.
 *
 * @param list the file it stands in, for messages
 * @param line its 1-based line there
 * @param tomogram the tomogram's name, or null where the list does not name one
 * @param x position in voxels; the centre of the first voxel is 0
 * @param y position in voxels
 * @param z position in voxels, as in the list: SHREC's reconstruction has further slices below (see the data set)
 * @param className its class, or null where the list does not say
 * @param angles its orientation, or null
 */
public record Particle(
        String list, int line, String tomogram, double x, double y, double z, String className, ZxzAngles angles) {

    /** The same at another position. */
    public Particle at(double otherX, double otherY, double otherZ) {
        return new Particle(list, line, tomogram, otherX, otherY, otherZ, className, angles);
    }

    /** The same with the name of its tomogram, which its list may not say. */
    public Particle in(String name) {
        return new Particle(list, line, name, x, y, z, className, angles);
    }

    /** Where the particle stands, to begin a message with: {@code "picks.star line 41"}. */
    public String where() {
        return list + " line " + line;
    }

    /** The voxel nearest to a coordinate; halfway between two it is the higher one. */
    public static int voxel(double coordinate) {
        return Math.toIntExact((long) Math.floor(coordinate + 0.5));
    }

    /** The position as a text for messages: "(20, 30.5, 7)". */
    public String position() {
        return "(" + number(x) + ", " + number(y) + ", " + number(z) + ")";
    }

    /** A number without a needless ".0". */
    static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    /** The class, which must be given. */
    public String requireClass() {
        if (className == null) {
            throw new InputException(
                    where() + ": no class is given; training and evaluation need one for every particle"
                            + " (the column \"class\" of a CSV file, _cryonextClass of a STAR file)");
        }
        return className;
    }
}
