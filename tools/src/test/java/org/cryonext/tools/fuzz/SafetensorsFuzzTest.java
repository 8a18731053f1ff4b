package org.cryonext.tools.fuzz;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.cryonext.engine.io.Safetensors;
import org.cryonext.engine.tensor.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Safetensors files. */
class SafetensorsFuzzTest {
    @TempDir
    private Path folder;

    private Consumer<byte[]> reader;

    @BeforeEach
    void open() {
        reader = reader(folder);
    }

    @FuzzTest
    @DictionaryEntries({"{\\\"a\\\":{\\\"dtype\\\":\\\"F32\\\",\\\"shape\\\":[1],\\\"data_offsets\\\":[0,4]}}"})
    void anyBytes(byte[] bytes) {
        reader.accept(bytes);
    }

    static Consumer<byte[]> reader(Path folder) {
        return new ReaderContract<>(folder.resolve("a.safetensors"), Safetensors::open, SafetensorsFuzzTest::look);
    }

    private static void look(Safetensors file) {
        try (file) {
            for (String name : file.types().keySet()) {
                Tensor tensor = file.tensor(name);
                if (tensor.size() > 0) {
                    tensor.get(0);
                    tensor.get(tensor.size() - 1);
                }
            }
        }
    }
}
