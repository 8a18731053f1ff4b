package org.cryonext.tools.fuzz;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.cryonext.engine.io.Progress;
import org.cryonext.engine.io.SafetensorsWriter;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.models.load.ModelFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The list of the files over which a checkpoint is spread; two are there, and one above the folder. */
class IndexFuzzTest {
    @TempDir
    private Path folder;

    private Consumer<byte[]> reader;

    @BeforeEach
    void open() throws IOException {
        reader = reader(folder);
    }

    @FuzzTest
    @DictionaryEntries({"weight_map", "1.safetensors", "2.safetensors", "../3.safetensors"})
    void anyBytes(byte[] bytes) {
        reader.accept(bytes);
    }

    static Consumer<byte[]> reader(Path folder) throws IOException {
        Path model = Files.createDirectories(folder.resolve("model"));
        Tensor tensor = Tensor.of(new float[] {1, 2}, 2);
        SafetensorsWriter.write(model.resolve("1.safetensors"), Map.of("a", tensor), Map.of());
        SafetensorsWriter.write(model.resolve("2.safetensors"), Map.of("b", tensor), Map.of());
        SafetensorsWriter.write(folder.resolve("3.safetensors"), Map.of("c", tensor), Map.of());
        return ReaderContract.ofFolder(
                model.resolve("model.safetensors.index.json"),
                path -> ModelFile.read(path, Progress.none()),
                checkpoint -> {});
    }
}
