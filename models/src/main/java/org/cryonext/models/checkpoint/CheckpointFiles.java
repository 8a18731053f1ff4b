package org.cryonext.models.checkpoint;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cryonext.engine.io.InputException;

/**
 * The files of a checkpoint.
 *
 * @param weights the tensors, or the list of their files
 * @param config {@code config.json}; of Hugging Face's or timm's, they describe different things under the same name
 * @param preprocessing {@code preprocessor_config.json}
 */
record CheckpointFiles(Path weights, Optional<JsonFile> config, Optional<JsonFile> preprocessing) {
    /** What Hugging Face's libraries call the weights of a folder, the one that is taken first. */
    private static final List<String> NAMES = List.of(
            Checkpoint.WEIGHTS,
            Checkpoint.WEIGHTS + ".index.json",
            "pytorch_model.bin",
            "pytorch_model.bin.index.json");

    /** @throws InputException if there is no such file, or a folder has no weights */
    static CheckpointFiles of(Path path) {
        if (!Files.exists(path)) {
            throw new InputException("No such checkpoint: " + path
                    + "; give a folder with " + Checkpoint.WEIGHTS + ", a weight file, or the name of a published model"
                    + " (cryonext fetch --list)");
        }
        Path weights = Files.isDirectory(path)
                ? inFolder(path)
                        .orElseThrow(() -> new InputException("The folder " + path
                                + " is not a checkpoint: it has no "
                                + String.join(", ", NAMES.subList(0, NAMES.size() - 1)) + " or "
                                + NAMES.getLast()))
                : path;
        // A file under another name may be one of several models in its folder, so nothing is taken for its own.
        boolean own = NAMES.contains(weights.getFileName().toString());
        return new CheckpointFiles(
                weights,
                own ? json(weights.resolveSibling(Checkpoint.CONFIG)) : Optional.empty(),
                own ? json(weights.resolveSibling(Preprocessing.FILE)) : Optional.empty());
    }

    /**
     * With the configuration that a file standing alone carries in its metadata, as {@code cryonext export} writes it;
     * files beside the weights go before.
     */
    CheckpointFiles withMetadata(Map<String, String> metadata) {
        return new CheckpointFiles(
                weights,
                config.or(() -> carried(metadata, ConfigJson.METADATA)),
                preprocessing.or(() -> carried(metadata, Preprocessing.METADATA)));
    }

    private Optional<JsonFile> carried(Map<String, String> metadata, String key) {
        return Optional.ofNullable(metadata.get(key))
                .map(text -> JsonFile.parse(weights, text).requireObject());
    }

    /** The weights of a folder. */
    static Optional<Path> inFolder(Path folder) {
        return NAMES.stream().map(folder::resolve).filter(Files::exists).findFirst();
    }

    private static Optional<JsonFile> json(Path file) {
        return Files.exists(file) ? Optional.of(JsonFile.read(file)) : Optional.empty();
    }

    /** The configuration if it is of transformers. */
    Optional<JsonFile> huggingFace() {
        return config.filter(json -> !TimmConfig.is(json));
    }

    /** The configuration if it is of timm. */
    Optional<TimmConfig> timm() {
        return config.filter(TimmConfig::is).map(TimmConfig::new);
    }
}
