package org.cryonext.tools.fuzz;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.models.onnx.OnnxFile;
import org.cryonext.models.onnx.OnnxPort;
import org.cryonext.models.onnx.OnnxProgram;
import org.cryonext.models.recognize.OnnxImport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * ONNX files and their graphs, for inputs of the shapes that the file names (what it leaves open is 1), and the search for
 * a ConvNeXt in them.
 */
class OnnxFuzzTest {
    @TempDir
    private Path folder;

    private Consumer<byte[]> reader;

    @BeforeEach
    void open() throws IOException {
        reader = reader(folder);
    }

    @FuzzTest
    @DictionaryEntries({
        "weights.bin",
        "../weights.bin",
        "com.microsoft",
        "Conv",
        "Reshape",
        "Slice",
        "Expand",
        "Range",
        "ConstantOfShape"
    })
    void anyBytes(byte[] bytes) {
        reader.accept(bytes);
    }

    /** External data is where it may lie, and where it may not. */
    static Consumer<byte[]> reader(Path folder) throws IOException {
        Path model = Files.createDirectories(folder.resolve("model"));
        Files.write(model.resolve("weights.bin"), new byte[64]);
        Files.write(folder.resolve("weights.bin"), new byte[64]);
        return new ReaderContract<>(model.resolve("a.onnx"), OnnxFuzzTest::lower, OnnxFuzzTest::recognize);
    }

    private static Path lower(Path path) {
        try (OnnxFile file = OnnxFile.open(path)) {
            Map<String, Shape> shapes = new LinkedHashMap<>();
            for (OnnxPort input : file.inputs()) {
                input.dims().ifPresent(dims -> shapes.put(input.name(), shape(dims)));
            }
            OnnxProgram.of(file, shapes, false);
            return path;
        }
    }

    private static void recognize(Path path) {
        try (OnnxFile file = OnnxFile.open(path)) {
            OnnxImport.recognize(file);
        }
    }

    /** Small extents as they are; a large one is another, which has to be refused. */
    private static Shape shape(List<OnnxPort.Dim> dims) {
        return Shape.of(dims.stream()
                .mapToLong(dim -> dim.extent().orElse(1) > 8 ? 1 : dim.extent().orElse(1))
                .limit(16)
                .toArray());
    }
}
