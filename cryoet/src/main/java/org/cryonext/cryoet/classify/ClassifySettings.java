package org.cryonext.cryoet.classify;

import java.nio.file.Path;
import java.util.List;
import org.cryonext.cryoet.dataset.DataPlace;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.network.Mirrors;
import org.cryonext.cryoet.run.Calibration;
import org.cryonext.engine.io.InputException;

/**
 * What to classify.
 *
 * @param run folder of the run whose best checkpoint decides
 * @param tomogram a tomogram's file, a folder of tomograms that the list names, or a folder of SHREC's layout
 * @param particles the list
 * @param out where the results go: a file (its name's ending is replaced by .star and .csv) or a folder; null for the
 *     current folder
 * @param select the only classes to write, or null for all
 * @param source which volume of a SHREC folder; null for the one the run was trained on
 * @param tomogramsStar RELION 5's tomograms.star, for centred coordinates, or null
 * @param voxelSize of the tomograms in Angstrom; null takes what the files say
 * @param zOffset added to every z of the list to find it in the tomogram; null for what belongs to list and tomogram
 * @param binning what the list's coordinates are divided by; null for nothing
 * @param invert whether the sign of all values is turned
 * @param batch particles at once
 * @param reject share of the run's validation particles whose energy is as high as that of what is called none of the
 *     classes; null where nothing is rejected
 * @param mirrors of each particle's cube over whose answers the mean is taken
 */
public record ClassifySettings(
        Path run,
        Path tomogram,
        Path particles,
        Path out,
        List<String> select,
        Source source,
        Path tomogramsStar,
        Double voxelSize,
        Integer zOffset,
        Double binning,
        boolean invert,
        int batch,
        Double reject,
        Mirrors mirrors) {

    /** Every particle is of one of the classes, and is looked at as it is. */
    public ClassifySettings(
            Path run,
            Path tomogram,
            Path particles,
            Path out,
            List<String> select,
            Source source,
            Path tomogramsStar,
            Double voxelSize,
            Integer zOffset,
            boolean invert,
            int batch) {
        this(
                run,
                tomogram,
                particles,
                out,
                select,
                source,
                tomogramsStar,
                voxelSize,
                zOffset,
                null,
                invert,
                batch,
                null,
                Mirrors.NONE);
    }

    /** What the list's coordinates are divided by. */
    double divisor() {
        return binning == null ? 1 : binning;
    }

    /** @throws InputException where a number is out of bounds */
    public ClassifySettings {
        if (voxelSize != null && (!(voxelSize > 0) || Double.isInfinite(voxelSize))) {
            throw new InputException("--voxel-size is " + voxelSize + ", expected Angstrom above 0");
        }
        if (binning != null) {
            DataPlace.requireBinning(binning);
        }
        if (batch < 1) {
            throw new InputException("--batch is " + batch + ", expected at least 1");
        }
        Calibration.requireShare(reject);
    }
}
