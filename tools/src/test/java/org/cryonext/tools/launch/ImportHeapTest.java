package org.cryonext.tools.launch;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ImportHeapTest {
    private static final int MIB = 1 << 20;

    @TempDir
    Path folder;

    /** A model whose weights, all zeros, lie in another file; where the system can, they take no room. */
    private Path model(long bytes) throws IOException {
        try (RandomAccessFile data =
                new RandomAccessFile(folder.resolve("weights").toFile(), "rw")) {
            data.setLength(bytes);
        }
        TensorProto.Builder weight = TensorProto.newBuilder()
                .setName("w")
                .setDataType(TensorProto.DataType.UINT8_VALUE)
                .addDims(bytes)
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(
                        StringStringEntryProto.newBuilder().setKey("location").setValue("weights"));
        GraphProto.Builder graph = GraphProto.newBuilder()
                .addInitializer(weight)
                .addOutput(ValueInfoProto.newBuilder().setName("w"));
        Path file = folder.resolve("model.ONNX");
        Files.write(file, ModelProto.newBuilder().setGraph(graph).build().toByteArray());
        return file;
    }

    private static String flag(Object... arguments) {
        String[] args = new String[arguments.length];
        for (int i = 0; i < args.length; i++) {
            args[i] = arguments[i].toString();
        }
        return ImportHeap.of(args).flag();
    }

    @Test
    void growsWithTheFileAndWhatItNames() throws IOException {
        Path file = model(100 * MIB);
        assertThat(flag("import", "--out", "x", file)).isEqualTo("-Xmx1312m");
        assertThat(flag("import", model(10 * MIB), "--out", "x")).isEqualTo("-Xmx592m");
    }

    @Test
    void isNeverMoreThanTheShareOfAnyCommand() throws IOException {
        assertThat(flag("import", model(1L << 37), "--out", "x")).isEqualTo("-XX:MaxRAMPercentage=75");
    }

    @Test
    void isThatOfAnyCommandWhereThereIsNoOnnxFile() throws IOException {
        String usual = HeapSize.DEFAULT.flag();
        Path broken = Files.writeString(folder.resolve("broken.onnx"), "no");
        assertThat(flag("import", broken, "--out", "x")).isEqualTo(usual);
        assertThat(flag("import", folder.resolve("none.onnx"), "--out", "x")).isEqualTo(usual);
        assertThat(flag("import", folder, "--out", "x.onnx")).isEqualTo(usual);
        assertThat(flag("import", "a\0b.onnx")).isEqualTo(usual);
        assertThat(flag("compare", model(10 * MIB))).isEqualTo(usual);
        assertThat(flag()).isEqualTo(usual);
    }
}
