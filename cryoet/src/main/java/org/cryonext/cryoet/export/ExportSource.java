package org.cryonext.cryoet.export;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.cryoet.run.RunFolder;
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
        if (Files.isDirectory(path) && !Checkpoint.isFolder(path)) {
            throw new InputException(path + " is neither the folder of a run (it has no "
                    + run.settingsFile().getFileName() + ") nor a checkpoint (it has no " + Checkpoint.WEIGHTS
                    + "); give the folder that cryonext train made with --out");
        }
        return new ExportSource(Checkpoint.read(path), Optional.empty());
    }

    /** Height and width of the images that it was made for. */
    int imageSize() {
        return input.map(NetworkInput::imageSize)
                .orElse(checkpoint.preprocessing().size());
    }
}
