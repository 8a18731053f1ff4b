package org.cryonext.models.load;

import java.nio.file.Path;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.models.checkpoint.Checkpoint;

/** Reads a model, whatever its file is. */
public final class ModelFile {
    private ModelFile() {}

    /**
     * Reads a checkpoint folder or a file of weights. Its head is left as it is.
     *
     * @param progress shows what takes long
     * @throws InputException saying what the file is and why it cannot be read
     */
    public static Checkpoint read(Path path, Progress progress) {
        return Checkpoint.read(path, progress);
    }
}
