package org.cryonext.cryoet.simulate;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cryonext.cryoet.volume.MrcVolume;
import org.cryonext.engine.io.InputException;

/** Reads the twelve proteins' densities from a folder of MRC files of 10 Angstrom a voxel, named by protein. */
final class Templates {
    private static final double VOXEL = 10;
    private static final String STAND_IN = "4v94.mrc";

    private Templates() {}

    /**
     * One density for each of {@link Protein#SHREC_2020}, scaled to its mass. Where {@code 4d8q.mrc} is missing, half of
     * {@code 4v94.mrc} stands in for it: that file holds two of these chaperonins end to end.
     *
     * @throws InputException if a file is missing, cannot be read, has another voxel size or holds no density
     */
    static List<Density> read(Path folder) {
        List<Density> densities = new ArrayList<>();
        for (Protein protein : Protein.SHREC_2020) {
            Path file = folder.resolve(protein.name() + ".mrc");
            Path standIn = folder.resolve(STAND_IN);
            boolean half = protein.name().equals("4d8q") && !Files.exists(file) && Files.exists(standIn);
            if (!half && !Files.exists(file)) {
                throw new InputException(
                        "The density of protein " + protein.name() + " is missing: no file " + file
                                + (protein.name().equals("4d8q") ? " and no " + STAND_IN + " to stand in for it" : "")
                                + "; --templates needs one MRC file of 10 Angstrom a voxel for each of SHREC 2020's 12 proteins");
            }
            densities.add(read(half ? standIn : file, protein.mass(), half));
        }
        return densities;
    }

    private static Density read(Path file, double mass, boolean half) {
        try (MrcVolume volume = MrcVolume.open(file)) {
            if (Math.abs(volume.voxelSize() - VOXEL) > 0.01 * VOXEL) {
                throw new InputException(file + ": its voxels are " + volume.voxelSize()
                        + " Angstrom wide, a template's must be 10; resample it");
            }
            if (volume.voxels() > 256L * 256 * 256) {
                throw new InputException(
                        file + ": " + volume.size() + " voxels are too many for a template (at most 256 x 256 x 256)");
            }
            int nx = volume.nx();
            int ny = volume.ny();
            int nz = volume.nz();
            float[] values = new float[(int) volume.voxels()];
            volume.read(0, 0, 0, nx, ny, nz, values, 0);
            for (int i = 0; i < values.length; i++) {
                values[i] = Math.max(0, values[i]);
            }
            if (Density.sum(values) <= 0) {
                throw new InputException(file + ": holds no density above 0");
            }
            if (half) {
                keepHalf(nx, ny, values);
            }
            return Density.ofMass(mass, nx, ny, nz, values);
        }
    }

    /** Empties what lies on one side of the plane through the centre of mass across the long axis. */
    private static void keepHalf(int nx, int ny, float[] values) {
        double sum = Density.sum(values);
        double[] centre = new double[3];
        for (int i = 0; i < values.length; i++) {
            for (int axis = 0; axis < 3; axis++) {
                centre[axis] += values[i] / sum * coordinate(i, axis, nx, ny);
            }
        }
        double[] along = longAxis(nx, ny, values, centre);
        for (int i = 0; i < values.length; i++) {
            double distance = 0;
            for (int axis = 0; axis < 3; axis++) {
                distance += along[axis] * (coordinate(i, axis, nx, ny) - centre[axis]);
            }
            if (distance <= 0) {
                values[i] = 0;
            }
        }
    }

    private static int coordinate(int i, int axis, int nx, int ny) {
        return switch (axis) {
            case 0 -> i % nx;
            case 1 -> i / nx % ny;
            default -> i / (nx * ny);
        };
    }

    /** Direction of the largest spread of mass, by power iteration on the covariance. */
    private static double[] longAxis(int nx, int ny, float[] values, double[] centre) {
        double[][] covariance = new double[3][3];
        for (int i = 0; i < values.length; i++) {
            for (int a = 0; a < 3; a++) {
                for (int b = 0; b < 3; b++) {
                    covariance[a][b] +=
                            values[i] * (coordinate(i, a, nx, ny) - centre[a]) * (coordinate(i, b, nx, ny) - centre[b]);
                }
            }
        }
        double[] axis = {1, 1, 1};
        for (int step = 0; step < 200; step++) {
            double[] next = new double[3];
            for (int a = 0; a < 3; a++) {
                for (int b = 0; b < 3; b++) {
                    next[a] += covariance[a][b] * axis[b];
                }
            }
            double length = Math.sqrt(next[0] * next[0] + next[1] * next[1] + next[2] * next[2]);
            for (int a = 0; a < 3; a++) {
                axis[a] = next[a] / length;
            }
        }
        return axis;
    }
}
