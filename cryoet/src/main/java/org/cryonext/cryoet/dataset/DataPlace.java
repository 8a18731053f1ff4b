package org.cryonext.cryoet.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.cryonext.engine.io.InputException;

/**
 * Where a data set is and how its tomograms are to be taken. All but the first is for lists of one's own.
 *
 * @param data a folder in SHREC's layout, or a particle list; absolute
 * @param volumes folder of the tomograms that the list names, or the only tomogram; null for the list's folder
 * @param voxelSize edge of the tomograms' voxels in Angstrom; 0 for what each file's header says
 * @param wanted edge in Angstrom of the voxels that tomograms are rescaled to; 0 for that of the first tomogram whose size
 *     is known
 * @param invert whether the sign of all values is turned
 * @param binning what the list's coordinates are divided by; null where nothing is said, which leaves them as they are
 */
public record DataPlace(String data, String volumes, double voxelSize, double wanted, boolean invert, Double binning) {
    /** Angstrom; beyond it a number is no voxel size. */
    private static final double MOST = 1e6;

    /** @throws InputException where a voxel size or the binning is out of bounds */
    public DataPlace {
        require("--voxel-size", voxelSize);
        require("--rescale", wanted);
        if (binning != null) {
            requireBinning(binning);
        }
    }

    /** The list's coordinates are voxels. */
    public DataPlace(String data, String volumes, double voxelSize, double wanted, boolean invert) {
        this(data, volumes, voxelSize, wanted, invert, null);
    }

    /** What the list's coordinates are divided by. */
    public double divisor() {
        return binning == null ? 1 : binning;
    }

    /** @throws InputException where coordinates cannot be divided by this */
    public static void requireBinning(double binning) {
        if (!(binning > 0 && binning < 1e6)) {
            throw new InputException("--binning is " + binning + ", expected a number above 0, such as 4");
        }
    }

    private static void require(String option, double size) {
        if (!(size >= 0 && size < MOST)) {
            throw refusal(option, size);
        }
    }

    private static InputException refusal(String option, double size) {
        return new InputException(option + " is " + size + ", expected Angstrom above 0");
    }

    /**
     * A voxel size as an option gives it, for this record.
     *
     * @param size in Angstrom; null where the option is not given
     * @return 0 where it is not given
     * @throws InputException where it is not above 0
     */
    public static double given(String option, Double size) {
        if (size != null && size == 0) {
            throw refusal(option, size);
        }
        return size == null ? 0 : size;
    }

    /** Nothing but the place. */
    public static DataPlace of(Path data) {
        return new DataPlace(data.toAbsolutePath().normalize().toString(), null, 0, 0, false);
    }

    /** The same rescaled to voxels of this size. */
    public DataPlace rescaledTo(double size) {
        return new DataPlace(data, volumes, voxelSize, size, invert, binning);
    }

    /** Whether both mean the same list and the same tomograms, however those are taken. */
    public boolean isSame(DataPlace other) {
        return same(Path.of(data), Path.of(other.data)) && same(tomograms(), other.tomograms());
    }

    private Path tomograms() {
        return volumes == null ? Path.of(data).getParent() : Path.of(volumes);
    }

    private static boolean same(Path one, Path other) {
        try {
            return Files.isSameFile(one, other);
        } catch (IOException e) {
            // What is not there is said where it is opened.
            return false;
        }
    }

    /** The same tomograms taken as another place takes them, where this one does not say otherwise. */
    public DataPlace takenAs(DataPlace other) {
        return new DataPlace(
                data,
                volumes,
                voxelSize == 0 ? other.voxelSize : voxelSize,
                wanted,
                invert || other.invert,
                binning == null ? other.binning : binning);
    }

    /** Whether it says no more than where the data are. */
    boolean isPlain() {
        return volumes == null && voxelSize == 0 && wanted == 0 && !invert && binning == null;
    }
}
