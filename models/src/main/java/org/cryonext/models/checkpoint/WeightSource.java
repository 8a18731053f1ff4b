package org.cryonext.models.checkpoint;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;

/** Named tensors in a file or in several, whatever their format; tensors are valid until it is closed. */
public sealed interface WeightSource extends AutoCloseable permits SafetensorsWeights, ShardedWeights, TorchWeights {

    /**
     * Opens a weight file and reads all but the tensors' elements.
     *
     * @throws InputException if the file is missing, damaged or of another kind
     */
    static WeightSource open(Path file) {
        return switch (WeightFormat.of(file)) {
            case INDEX -> ShardedWeights.open(file);
            case SAFETENSORS, TORCH, LEGACY_TORCH, ONNX -> openSingle(file);
        };
    }

    /** As {@link #open}, of a file that holds tensors itself. */
    static WeightSource openSingle(Path file) {
        return switch (WeightFormat.of(file)) {
            case SAFETENSORS -> SafetensorsWeights.open(file);
            case TORCH -> TorchWeights.open(file);
            case LEGACY_TORCH ->
                throw new InputException(file + " is a pickle without a zip archive around it, as torch.save wrote it"
                        + " before PyTorch 1.6; convert it in Python, with torch.save(torch.load(\""
                        + file.getFileName()
                        + "\", weights_only=True), \"weights.pth\")");
            case INDEX -> throw new InputException(file + " is a list of weight files, expected a file of tensors");
            case ONNX ->
                throw new InputException(
                        file + " is an ONNX model, expected weights; make a checkpoint of it with cryonext import");
        };
    }

    /** The file. */
    Path file();

    /** Format and, where it has several files, their number; for instance {@code safetensors, 3 files}. */
    String format();

    /** Names and types. */
    SequencedMap<String, TensorType> types();

    /** Strings that its writer left in it; empty where the format has none. */
    Map<String, String> metadata();

    /**
     * One tensor.
     *
     * @throws InputException if there is none of this name
     */
    Tensor tensor(String name);

    /** What a user should know of how the tensors were found, a sentence each. */
    List<String> notes();

    @Override
    void close();
}
