package org.cryonext.cryoet.export;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.cryonext.cryoet.run.Calibration;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.load.ModelFile;

/**
 * The network to export.
 *
 * @param checkpoint its weights
 * @param input what a particle looks like to it; known of runs only
 * @param temperature that divides fused logits; 1 where nothing was calibrated
 */
record ExportSource(Checkpoint checkpoint, Optional<NetworkInput> input, double temperature) {

    /**
     * The network of a run, a checkpoint or an ONNX file.
     *
     * @throws InputException if it is none of these
     */
    static ExportSource open(Path path, Progress progress) {
        RunFolder run = new RunFolder(path);
        if (Files.exists(run.settingsFile())) {
            return new ExportSource(
                    run.bestCheckpoint(),
                    Optional.of(run.settings().input()),
                    run.calibration().map(Calibration::temperature).orElse(1.0));
        }
        if (Files.isDirectory(path) && !Checkpoint.isFolder(path)) {
            throw new InputException(path + " is neither the folder of a run (it has no "
                    + run.settingsFile().getFileName() + ") nor a checkpoint (it has no " + Checkpoint.WEIGHTS
                    + "); give the folder that cryonext train made with --out");
        }
        return new ExportSource(ModelFile.read(path, progress), Optional.empty(), 1);
    }

    /** Height and width of the images that it was made for. */
    int imageSize() {
        return input.map(NetworkInput::imageSize)
                .orElse(checkpoint.preprocessing().size());
    }
}
