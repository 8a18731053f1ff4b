package org.cryonext.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights beside the model: read from its own folder and nowhere else, and within the files' bounds. */
class ExternalDataTest {
    @TempDir
    Path outside;

    private Path folder;

    @BeforeEach
    void writeData() throws IOException {
        folder = Files.createDirectories(outside.resolve("model"));
        Files.createDirectories(folder.resolve("weights"));
        ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putFloat(1).putFloat(2).putFloat(3).putFloat(4);
        Files.write(folder.resolve("model.onnx.data"), bytes.array());
        Files.write(folder.resolve("weights/w"), bytes.array());
        Files.write(outside.resolve("secret"), bytes.array());
    }

    private OnnxFile open(String... entries) throws IOException {
        return open(Onnx.external(Onnx.tensor("w", DataType.FLOAT, 2), entries));
    }

    private OnnxFile open(TensorProto.Builder tensor) throws IOException {
        Path file = folder.resolve("model.onnx");
        GraphProto.Builder graph =
                GraphProto.newBuilder().addInitializer(tensor).addOutput(Onnx.output("w"));
        Files.write(file, Onnx.model(graph).toByteArray());
        return OnnxFile.open(file);
    }

    private void assertRefused(String part, String... entries) {
        assertThatThrownBy(() -> open(entries))
                .isInstanceOf(InputException.class)
                .hasMessageContainingAll(folder + "/model.onnx", "tensor w has external data: ", part);
    }

    @Test
    void takesPartsOfFilesInTheFolderAndBelow() throws IOException {
        try (OnnxFile file = open("location", "model.onnx.data", "offset", "4", "length", "8")) {
            assertThat(file.initializers().get("w").toFloats()).containsExactly(2, 3);
            assertThat(file.initializers().get("w").data().isMapped()).isTrue();
            assertThat(file.bytes()).isEqualTo(Files.size(file.file()) + 16);
        }
        try (OnnxFile file = open("location", "weights/w", "offset", "8")) {
            assertThat(file.initializers().get("w").toFloats()).containsExactly(3, 4);
        }
        try (OnnxFile file = open("location", "./weights/w")) {
            assertThat(file.initializers().get("w").toFloats()).containsExactly(1, 2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"../secret", "weights/../../secret", "/etc/hostname", "..", "..\\secret", ""})
    void readsNothingOutside(String location) {
        assertRefused("only files in the model's own folder are read", "location", location);
    }

    @Test
    void followsNoLinkThatLeadsOutside() throws IOException {
        Files.createSymbolicLink(folder.resolve("link"), outside.resolve("secret"));
        Files.createSymbolicLink(folder.resolve("up"), outside);
        assertRefused("only files in the model's own folder are read", "location", "link");
        assertRefused("only files in the model's own folder are read", "location", "up/secret");
        Files.createSymbolicLink(folder.resolve("inside"), folder.resolve("weights/w"));
        try (OnnxFile file = open("location", "inside")) {
            assertThat(file.initializers().get("w").toFloats()).containsExactly(1, 2);
        }
    }

    @Test
    void followsTheLinksOfHuggingFacesCache() throws IOException {
        Path model = outside.resolve("models--a--b");
        Path blobs = Files.createDirectories(model.resolve("blobs"));
        Files.copy(folder.resolve("weights/w"), blobs.resolve("5678"));
        folder = Files.createDirectories(model.resolve("snapshots/1234/onnx"));
        Files.createSymbolicLink(folder.resolve("model.onnx_data"), Path.of("../../../blobs/5678"));
        Files.createSymbolicLink(folder.resolve("secret"), outside.resolve("secret"));
        try (OnnxFile file = open("location", "model.onnx_data")) {
            assertThat(file.initializers().get("w").toFloats()).containsExactly(1, 2);
        }
        assertRefused("only files in the model's own folder are read", "location", "secret");
    }

    @Test
    void staysWithinTheFile() {
        assertRefused("from byte 12 to 12 + 8, but that file has 16 bytes", "location", "weights/w", "offset", "12");
        assertRefused(
                "but that file has 16 bytes", "location", "weights/w", "offset", Long.toString(Long.MAX_VALUE - 3));
        assertRefused("its offset is -4, expected a whole number", "location", "weights/w", "offset", "-4");
        assertRefused("its offset is 4x, expected a whole number", "location", "weights/w", "offset", "4x");
        assertRefused("its length is 12 bytes, but its type and shape need 8", "location", "weights/w", "length", "12");
    }

    @Test
    void namesWhatIsMissing() {
        assertRefused("but there is no such file; put it there", "location", "lost.data");
        assertRefused("which is not a file", "location", "weights");
        assertRefused("is not a path", "location", "a\0b");
        assertRefused("only files in the model's own folder are read");
    }

    @Test
    void hasDataInOnePlaceOnly() {
        assertThatThrownBy(() -> open(Onnx.external(Onnx.floats("w", new float[] {1, 2}, 2), "location", "weights/w")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("tensor w has data both in the file and beside it");
    }
}
