package org.cryonext.cryoet.particle;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.cryonext.cryoet.star.StarDocument;
import org.cryonext.cryoet.star.StarReader;
import org.cryonext.cryoet.star.StarTable;
import org.cryonext.engine.io.InputException;

/** Finds the {@link Centring} of a tomogram by its name; asked only where a list has centred coordinates. */
@FunctionalInterface
public interface Centrings {
    /**
     * @param tomogram the name in the list, or null where the list names none
     * @return empty where nothing is known of it
     */
    Optional<Centring> of(String tomogram);

    /** Knows no tomogram: centred coordinates cannot be read. */
    static Centrings none() {
        return tomogram -> Optional.empty();
    }

    /** One tomogram for all particles. */
    static Centrings all(Centring centring) {
        return tomogram -> Optional.of(centring);
    }

    /**
     * Reads RELION 5's tomograms.star: rlnTomoName, rlnTomoSizeX/Y/Z, rlnTomoTiltSeriesPixelSize, and
     * rlnTomoTomogramBinning unless {@code voxelSize} is given.
     *
     * @param voxelSize of the tomogram files in Angstrom, or 0 to take the binning from the file
     * @throws InputException where a column is missing or a number does not parse
     */
    static Centrings read(Path path, double voxelSize) {
        StarDocument document = StarReader.read(path);
        StarTable table = document.table(candidate -> candidate.has(
                        "rlnTomoName", "rlnTomoSizeX", "rlnTomoSizeY", "rlnTomoSizeZ", "rlnTomoTiltSeriesPixelSize"))
                .orElseThrow(() -> new InputException(path + ": no table with the columns _rlnTomoName, _rlnTomoSizeX,"
                        + " _rlnTomoSizeY, _rlnTomoSizeZ and _rlnTomoTiltSeriesPixelSize; give RELION 5's"
                        + " tomograms.star (blocks found: " + document.names() + ")"));
        if (voxelSize <= 0 && !table.has("rlnTomoTomogramBinning")) {
            throw new InputException(
                    path + ": no column _rlnTomoTomogramBinning, so the binning of the tomograms is not"
                            + " known; give --voxel-size in Angstrom");
        }
        Map<String, Centring> centrings = new HashMap<>();
        for (int row = 0; row < table.rows().size(); row++) {
            double pixelSize = StarParticles.number(path, table, row, "rlnTomoTiltSeriesPixelSize");
            double binning = voxelSize > 0
                    ? voxelSize / pixelSize
                    : StarParticles.number(path, table, row, "rlnTomoTomogramBinning");
            if (!(pixelSize > 0 && binning > 0)) {
                throw new InputException(path + " line " + table.lines().get(row) + ": pixel size " + pixelSize
                        + " and binning " + binning + ", both must be above 0");
            }
            centrings.put(
                    table.get(row, "rlnTomoName"),
                    new Centring(
                            StarParticles.number(path, table, row, "rlnTomoSizeX"),
                            StarParticles.number(path, table, row, "rlnTomoSizeY"),
                            StarParticles.number(path, table, row, "rlnTomoSizeZ"),
                            pixelSize,
                            binning));
        }
        return tomogram -> Optional.ofNullable(centrings.get(tomogram));
    }
}
