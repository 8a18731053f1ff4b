package org.cryonext.cryoet.volume;

import java.util.Locale;

/** The edge of a volume's voxels in Angstrom, as files say it and as users read it. */
public final class VoxelSize {
    /** What programs write that do not know it. */
    private static final double UNKNOWN = 1;

    private VoxelSize() {}

    /**
     * What a file says.
     *
     * @param stated in its header
     * @return 0 where it says nothing, or what programs write that do not know it
     */
    public static double known(double stated) {
        return stated > 0 && stated != UNKNOWN ? stated : 0;
    }

    /** The same unless an option says otherwise, which is taken at its word; null or 0 where none does. */
    public static double known(double stated, Double given) {
        return given != null && given > 0 ? given : known(stated);
    }

    /** For sentences: whole numbers without a point, others with two digits behind it. */
    public static String text(double size) {
        return size == Math.rint(size) ? Long.toString((long) size) : String.format(Locale.ROOT, "%.2f", size);
    }

    /** What goes on behind a file's name where its voxels are made those of the training. */
    public static String rescaled(double size, double wanted) {
        return "its voxels of " + text(size) + " Angstrom are rescaled to " + text(wanted)
                + " Angstrom, those of the training";
    }

    /** What goes on behind a file's name where it has to be believed to have the voxels of the training. */
    public static String unknown(double wanted) {
        return "its voxel size is not known and taken to be " + text(wanted)
                + " Angstrom, that of the training; if it differs, write it into the file, or give --voxel-size where"
                + " all have the same";
    }
}
