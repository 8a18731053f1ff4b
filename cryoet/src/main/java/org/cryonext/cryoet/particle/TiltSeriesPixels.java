package org.cryonext.cryoet.particle;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.cryonext.cryoet.star.StarTable;

/**
 * The pixels of the tilt series, which RELION 4 counts coordinates in, while tomograms are mostly binned. A list may have
 * been divided by the binning already, which nothing in it tells.
 */
public final class TiltSeriesPixels {
    private static final String PIXEL = "rlnTomoTiltSeriesPixelSize";
    private static final String GROUP = "rlnOpticsGroup";

    /** Sizes are rounded in lists and headers, and a binned size is rounded to a whole number of voxels. */
    private static final double TOLERANCE = 0.02;

    private TiltSeriesPixels() {}

    /**
     * A sentence where a list's coordinates may be in other voxels than those of the tomogram.
     *
     * @param list of places in tomograms
     * @param particles those of the list that are in this tomogram, at least one
     * @param voxelSize of the tomogram in Angstrom; 0 where it is not known
     * @param binning what the coordinates were divided by
     */
    public static Optional<String> note(ParticleList list, List<Particle> particles, double voxelSize, double binning) {
        if (voxelSize == 0 || StarParticles.isCentred(list.table())) {
            return Optional.empty();
        }
        OptionalDouble pixel = of(list, particles.getFirst());
        if (pixel.isEmpty() || !(pixel.getAsDouble() > 0)) {
            return Optional.empty();
        }
        double quotient = voxelSize / pixel.getAsDouble();
        // Tomograms are binned a whole number of times, and the sizes in lists and headers are rounded.
        double whole = Math.rint(quotient);
        double factor = whole > 0 && Math.abs(quotient / whole - 1) <= TOLERANCE ? whole : quotient;
        if (Math.abs(factor / binning - 1) <= TOLERANCE) {
            return Optional.empty();
        }
        String sizes = "its voxels of " + number(voxelSize) + " Angstrom are " + number(factor)
                + " times as large as the pixels of " + number(pixel.getAsDouble())
                + " Angstrom that the list's optics name (_" + PIXEL + "), and the coordinates are ";
        return Optional.of(
                binning == 1
                        ? sizes
                                + "taken as voxels; if they are unbinned pixels, as RELION 4 writes them, give --binning "
                                + number(factor)
                        : sizes + "divided by " + number(binning) + "; if that is not meant, give --binning "
                                + number(factor));
    }

    private static OptionalDouble of(ParticleList list, Particle particle) {
        int row = list.table().lines().indexOf(particle.line());
        Optional<StarTable> optics = list.star().table(candidate -> candidate.has(GROUP, PIXEL));
        if (row < 0 || optics.isEmpty() || !list.table().has(GROUP)) {
            return OptionalDouble.empty();
        }
        String group = list.table().get(row, GROUP);
        StarTable table = optics.orElseThrow();
        for (int i = 0; i < table.rows().size(); i++) {
            if (table.get(i, GROUP).equals(group)) {
                return OptionalDouble.of(StarParticles.number(Path.of(list.file()), table, i, PIXEL));
            }
        }
        return OptionalDouble.empty();
    }

    private static String number(double value) {
        double rounded = Math.round(value * 1000) / 1000.0;
        return rounded == Math.rint(rounded) ? Long.toString((long) rounded) : Double.toString(rounded);
    }
}
