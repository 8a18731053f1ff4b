package org.cryonext.cryoet.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.engine.io.AtomicFile;
import org.cryonext.engine.io.InputException;
import org.cryonext.models.checkpoint.Checkpoint;

/**
 * The network to export.
 *
 * @param checkpoint its weights
 * @param input what a particle looks like to it; known of runs only
 */
record ExportSource(Checkpoint checkpoint, Optional<NetworkInput> input) {

    /** @throws InputException if there is neither a run nor a checkpoint */
    static ExportSource open(Path path) {
        RunFolder run = new RunFolder(path);
        if (Files.exists(run.settingsFile())) {
            return new ExportSource(
                    run.bestCheckpoint(), Optional.of(run.settings().input()));
        }
        if (Files.isDirectory(path) && !holdsWeights(path)) {
            throw new InputException(path + " is neither the folder of a run (it has no "
                    + run.settingsFile().getFileName() + ") nor a checkpoint (it has no " + Checkpoint.WEIGHTS
                    + "); give the folder that cryonext train made with --out");
        }
        return new ExportSource(Checkpoint.read(path), Optional.empty());
    }

    /** Sharded weights have names that begin alike. */
    private static boolean holdsWeights(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(file -> file.getFileName().toString().startsWith(Checkpoint.WEIGHTS));
        } catch (IOException e) {
            throw new InputException("Cannot read " + folder + ": " + AtomicFile.reason(e), e);
        }
    }

    /** Height and width of the images that it was made for. */
    int imageSize() {
        return input.map(NetworkInput::imageSize)
                .orElse(checkpoint.preprocessing().size());
    }
}
