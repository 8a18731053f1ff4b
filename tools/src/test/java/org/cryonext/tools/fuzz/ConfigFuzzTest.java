package org.cryonext.tools.fuzz;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.cryonext.engine.io.Progress;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.checkpoint.Preprocessing;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Version;
import org.cryonext.models.load.ModelFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The settings of a model and of its images, beside weights that are in order. */
class ConfigFuzzTest {
    @TempDir
    private Path folder;

    private Consumer<byte[]> reader;

    @BeforeEach
    void open() throws IOException {
        reader = reader(folder);
    }

    @FuzzTest
    @DictionaryEntries({
        "model_type",
        "convnextv2",
        "depths",
        "hidden_sizes",
        "id2label",
        "image_mean",
        "pretrained_cfg",
        "architecture"
    })
    void anyBytes(byte[] bytes) {
        reader.accept(bytes);
    }

    static Consumer<byte[]> reader(Path folder) throws IOException {
        Path model = Files.createDirectories(folder.resolve("model"));
        ConvNextConfig config = ConvNextConfig.of(Version.V2, List.of(1, 1, 1, 1), List.of(2, 2, 2, 2), 2);
        Checkpoint.fresh(config, Preprocessing.imageNet(32), 1).write(model);
        return ReaderContract.ofFolder(model.resolve("config.json"), ConfigFuzzTest::read, checkpoint -> {});
    }

    private static Checkpoint read(Path config) {
        try {
            Files.write(config.resolveSibling("preprocessor_config.json"), Files.readAllBytes(config));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ModelFile.read(config.getParent(), Progress.none());
    }
}
