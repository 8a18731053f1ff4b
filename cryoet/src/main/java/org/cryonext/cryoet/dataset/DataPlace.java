package org.cryonext.cryoet.dataset;

import java.nio.file.Path;
import org.cryonext.engine.io.InputException;

/**
 * Where a data set is and how its tomograms are to be taken. All but the first is for lists of one's own.
 *
 * @param data a folder in SHREC's layout, or a particle list; absolute
 * @param volumes folder of the tomograms that the list names, or the only tomogram; null for the list's folder
 * @param voxelSize edge of the tomograms' voxels in Angstrom; 0 for what each file's header says
 * @param wanted edge in Angstrom of the voxels that tomograms are rescaled to; 0 for that of the first tomogram
 * @param invert whether the sign of all values is turned
 */
public record DataPlace(String data, String volumes, double voxelSize, double wanted, boolean invert) {

    /** @throws InputException where a voxel size is out of bounds */
    public DataPlace {
        require("--voxel-size", voxelSize);
        require("--rescale", wanted);
    }

    private static void require(String option, double size) {
        if (!(size >= 0 && size < 1e6)) {
            throw new InputException(option + " is " + size + ", expected Angstrom above 0");
        }
    }

    /** Nothing but the place. */
    public static DataPlace of(Path data) {
        return new DataPlace(data.toAbsolutePath().normalize().toString(), null, 0, 0, false);
    }

    /** The same rescaled to voxels of this size. */
    public DataPlace rescaledTo(double size) {
        return new DataPlace(data, volumes, voxelSize, size, invert);
    }

    /** Whether it says no more than where the data are. */
    boolean isPlain() {
        return volumes == null && voxelSize == 0 && wanted == 0 && !invert;
    }
}
