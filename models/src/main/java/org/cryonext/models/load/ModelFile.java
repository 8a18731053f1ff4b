package org.cryonext.models.load;

import java.nio.file.Files;
import java.nio.file.Path;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.checkpoint.WeightFormat;
import org.cryonext.models.recognize.OnnxImport;

/** Reads a model, whatever its file is. */
public final class ModelFile {
    private ModelFile() {}

    /**
     * Reads a checkpoint folder, a file of weights or an ONNX file, whose ConvNeXt is recognised and proved. Its head is
     * left as it is.
     *
     * @param progress shows what takes long
     * @throws InputException saying what the file is and why it cannot be read
     */
    public static Checkpoint read(Path path, Progress progress) {
        return isOnnx(path) ? OnnxImport.read(path, progress) : Checkpoint.read(path, progress);
    }

    /**
     * Whether a file is ONNX.
     *
     * @throws org.cryonext.engine.io.InputException if it is a file, but none that holds a model
     */
    public static boolean isOnnx(Path path) {
        return Files.isRegularFile(path) && WeightFormat.of(path) == WeightFormat.ONNX;
    }
}
