package org.cryonext.cryoet.score;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.cryonext.cryoet.dataset.ShrecTomogram;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.volume.MrcVolume;
import org.cryonext.cryoet.volume.Volume;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;

/**
 * The truth about one tomogram: which particle lies where.
 *
 * @param contest whose layout it has
 * @param classes the contest's, or in a set of the 2020 layout with proteins of its own those, sorted
 * @param particles in the order of the list; the mask counts them from 1
 * @param mask value of a voxel: number of the particle it belongs to, 0 for none
 * @param padding slices of the tomogram below the first one of the mask, and as many above the last
 */
record GroundTruth(Contest contest, List<String> classes, List<Located> particles, Volume mask, int padding)
        implements AutoCloseable {
    private static final String MASK = "occupancy_mask.mrc";
    /** Slices of a tomogram in SHREC 2019 and 2020. */
    private static final int FRAME = 512;

    /**
     * Finds the contest that a folder's files belong to.
     *
     * @throws InputException where they belong to none
     */
    static Contest contest(Path folder) {
        requireFolder(folder);
        if (hitbox(folder) != null) {
            return Contest.SHREC_2019;
        }
        Path list = folder.resolve(ShrecTomogram.PARTICLES);
        if (!Files.isRegularFile(list)) {
            throw new InputException(folder + ": neither " + ShrecTomogram.PARTICLES + " and " + MASK
                    + " (SHREC 2020, 2021) nor hitbox_N.mrc (2019) is in it; give the folder of one tomogram's ground"
                    + " truth, for instance model_9");
        }
        try (Stream<String> lines = Files.lines(list)) {
            // Only 2021 writes its proteins in capitals.
            return lines.map(line -> line.strip().split("\\s+")[0])
                            .anyMatch(name -> !name.isEmpty()
                                    && !Contest.SHREC_2020.classes().contains(name)
                                    && Contest.SHREC_2021.classes().contains(name))
                    ? Contest.SHREC_2021
                    : Contest.SHREC_2020;
        } catch (IOException e) {
            throw InputFile.unreadable(list, "SHREC's particle list", e);
        }
    }

    /** @throws InputException where a file is missing or cannot be read */
    static GroundTruth open(Path folder, Contest contest) {
        requireFolder(folder);
        if (contest == Contest.SHREC_2019) {
            Path hitbox = hitbox(folder);
            if (hitbox == null) {
                throw new InputException(folder + ": no hitbox_N.mrc is in it, which SHREC 2019's ground truth has");
            }
            String name = hitbox.getFileName().toString();
            String number = name.substring("hitbox_".length(), name.length() - ".mrc".length());
            List<Located> particles = new SubmissionReader(contest, contest.classes())
                    .read(folder.resolve("particle_locations_model_" + number + ".txt"));
            MrcVolume mask = MrcVolume.open(hitbox);
            return new GroundTruth(contest, contest.classes(), particles, mask, frame(mask));
        }
        Path list = folder.resolve(ShrecTomogram.PARTICLES);
        if (contest == Contest.SHREC_2021) {
            List<Located> particles = new SubmissionReader(contest, contest.classes()).read(list);
            return new GroundTruth(contest, contest.classes(), particles, MrcVolume.open(folder.resolve(MASK)), 0);
        }
        List<Located> particles = new SubmissionReader(contest, List.of()).read(list);
        List<String> found =
                particles.stream().map(Located::className).distinct().sorted().toList();
        List<String> classes = contest.classes().containsAll(found) ? contest.classes() : found;
        MrcVolume mask = MrcVolume.open(folder.resolve(MASK));
        return new GroundTruth(contest, classes, particles, mask, padding(folder, mask));
    }

    private static void requireFolder(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new InputException(folder + (Files.exists(folder) ? " is a file" : ": no such folder")
                    + "; give the folder of one tomogram's ground truth, for instance model_9");
        }
    }

    private static Path hitbox(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches("hitbox_\\d+\\.mrc"))
                    .sorted()
                    .findFirst()
                    .orElse(null);
        } catch (IOException e) {
            throw InputFile.unreadable(folder, "a folder", e);
        }
    }

    /** 156 at SHREC's size; simulated sets may be smaller, and have their reconstruction beside the mask. */
    private static int padding(Path folder, Volume mask) {
        Path reconstruction = folder.resolve(Source.RECONSTRUCTION.file());
        return Files.exists(reconstruction)
                ? new ShrecTomogram(folder.getFileName().toString(), folder).zOffset(Source.RECONSTRUCTION)
                : frame(mask);
    }

    private static int frame(Volume mask) {
        return Math.max(0, (FRAME - mask.nz()) / 2);
    }

    /**
     * The particle at a voxel of the mask, dilated by its 6 neighbours except in 2019: where two particles meet, the one of
     * the larger number wins.
     *
     * @return its number from 1, or 0
     */
    int particleAt(int x, int y, int z) {
        if (z < 0 || z >= mask.nz()) {
            return 0;
        }
        float found = mask.get(x, y, z);
        if (contest != Contest.SHREC_2019) {
            found = Math.max(found, Math.max(neighbour(x - 1, y, z), neighbour(x + 1, y, z)));
            found = Math.max(found, Math.max(neighbour(x, y - 1, z), neighbour(x, y + 1, z)));
            found = Math.max(found, Math.max(neighbour(x, y, z - 1), neighbour(x, y, z + 1)));
        }
        if (!(found >= 0 && found <= particles.size()) || found != Math.rint(found)) {
            throw new InputException(
                    mask.name() + ": the voxel (" + x + ", " + y + ", " + z + ") or one beside it says "
                            + found + ", the number of one of the " + particles.size()
                            + " particles of the list was expected; do mask and list belong together?");
        }
        return (int) found;
    }

    private float neighbour(int x, int y, int z) {
        boolean inside = x >= 0 && x < mask.nx() && y >= 0 && y < mask.ny() && z >= 0 && z < mask.nz();
        return inside ? mask.get(x, y, z) : 0;
    }

    @Override
    public void close() {
        mask.close();
    }
}
