package org.cryonext.models.checkpoint;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.cryonext.engine.tensor.DType;
import org.cryonext.models.convnext.ConvNextConfig;

/**
 * What a checkpoint is, without its weights.
 *
 * @param file the weight file, or the list of several
 * @param config the architecture and the class names
 * @param preprocessing how its images are made
 * @param format of the weight file, for instance {@code safetensors, 3 files}
 * @param names whose names the tensors have
 * @param elements number of values by element type
 * @param tensors number of tensors
 * @param metadata strings that its writer left in it
 * @param report what a user should know of how it was read, a sentence each
 */
public record CheckpointDescription(
        Path file,
        ConvNextConfig config,
        Preprocessing preprocessing,
        String format,
        String names,
        Map<DType, Long> elements,
        int tensors,
        Map<String, String> metadata,
        List<String> report) {

    /**
     * Describes a folder or a single weight file.
     *
     * @throws org.cryonext.engine.io.InputException as {@link Checkpoint#read(Path)} does
     */
    public static CheckpointDescription of(Path path) {
        try (CheckpointReader reader = CheckpointReader.open(path)) {
            return reader.describe();
        }
    }

    /** Bytes of all values. */
    public long bytes() {
        return elements.entrySet().stream()
                .mapToLong(e -> e.getKey().bytes() * e.getValue())
                .sum();
    }
}
