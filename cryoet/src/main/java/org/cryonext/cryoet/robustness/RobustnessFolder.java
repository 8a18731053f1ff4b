package org.cryonext.cryoet.robustness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.cryonext.cryoet.run.MarkedFolder;
import org.cryonext.cryoet.simulate.Imaging;
import org.cryonext.cryoet.simulate.Simulator;
import org.cryonext.engine.io.AtomicFile;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;
import org.cryonext.engine.io.JsonFault;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The folder of a robustness study; {@code settings.json} says which. What is done already is not done again.
 *
 * @param folder where it is
 */
record RobustnessFolder(Path folder) {
    private static final String MARK = "settings.json";
    private static final long LARGEST = 1 << 20;

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    /**
     * What must be the same for all conditions of a folder.
     *
     * @param weights digest of the network's
     * @param densities digest of those that are simulated from
     * @param tomograms how many under each condition
     * @param size voxels of each along x, y and z
     * @param particles in each
     * @param nominal what is changed, one at a time
     * @param seed of the specimens and of the directions of picking errors
     * @param mirrors over whose answers the mean is taken
     */
    record Mark(
            String weights,
            String densities,
            int tomograms,
            List<Integer> size,
            int particles,
            Imaging nominal,
            long seed,
            int mirrors) {}

    /**
     * Begins a study, or finds one that was begun by the same settings.
     *
     * @throws InputException if anything else is there
     */
    static RobustnessFolder open(Path folder, Mark mark) {
        MarkedFolder.claim(folder, MARK, mark, "robustness study");
        return new RobustnessFolder(folder);
    }

    /** The page. */
    Path page() {
        return folder.resolve("robustness.html");
    }

    /** The figures, for programs. */
    Path json() {
        return folder.resolve("robustness.json");
    }

    /** The figures, as a table. */
    Path csv() {
        return folder.resolve("robustness.csv");
    }

    /** Simulated tomograms that stay. */
    Path kept(Condition condition) {
        return folder.resolve("data").resolve(condition.id());
    }

    /** Simulated tomograms that are taken away when they are measured. */
    Path passing(Condition condition) {
        return folder.resolve("passing").resolve(condition.id());
    }

    /** Takes away the tomograms of a condition that do not stay, and the folder of all such if it is empty then. */
    void discardPassing(Condition condition) {
        Path data = passing(condition);
        if (Files.exists(data)) {
            Simulator.discard(data);
        }
        Path parent = data.getParent();
        try {
            if (Files.isDirectory(parent) && isEmpty(parent)) {
                Files.delete(parent);
            }
        } catch (IOException e) {
            throw new InputException("Cannot delete " + parent + ": " + AtomicFile.reason(parent, e), e);
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        }
    }

    private Path file(Condition condition) {
        return folder.resolve("conditions").resolve(condition.id() + ".json");
    }

    /** Keeps what was measured under a condition. */
    void write(Condition condition, Measured measured) {
        AtomicFile.write(
                file(condition), temporary -> Files.writeString(temporary, MAPPER.writeValueAsString(measured) + "\n"));
    }

    /**
     * What was measured under a condition before.
     *
     * @throws InputException if the file is damaged
     */
    Optional<Measured> read(Condition condition) {
        Path file = file(condition);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            Measured measured =
                    Files.size(file) > LARGEST ? null : MAPPER.readValue(Files.readAllBytes(file), Measured.class);
            if (measured == null
                    || !condition.id().equals(measured.condition())
                    || measured.f1() == null
                    || measured.accuracy() == null
                    || measured.f1PerClass() == null) {
                throw new InputException(file + " does not hold what was measured under the condition " + condition.id()
                        + "; delete it, and it is measured again");
            }
            return Optional.of(measured);
        } catch (JacksonException e) {
            throw new InputException(
                    file + " does not hold what was measured under a condition: " + JsonFault.words(e)
                            + "; delete it, and it is measured again",
                    e);
        } catch (IOException e) {
            throw new InputException("Cannot read " + file + ": " + InputFile.reason(e), e);
        }
    }

    /**
     * Checks that the disk has room.
     *
     * @throws InputException if it has not
     */
    void requireSpace(long bytes) {
        try {
            long free = Files.getFileStore(folder).getUsableSpace();
            if (bytes > free) {
                throw new InputException(folder + ": the simulated tomograms take another " + (bytes >> 20)
                        + " MiB of disk, and " + (free >> 20)
                        + " MiB are free there; choose another folder with --out, or a smaller --size");
            }
        } catch (IOException e) {
            throw new InputException("Cannot read " + folder + ": " + InputFile.reason(e), e);
        }
    }
}
