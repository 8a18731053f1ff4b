package org.cryonext.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read of a file before its graph is looked at. */
class OnnxFileTest {
    @TempDir
    Path folder;

    private OnnxFile open(ModelProto model) throws IOException {
        Path file = folder.resolve("model.onnx");
        Files.write(file, model.toByteArray());
        return OnnxFile.open(file);
    }

    private void assertReads(TensorProto.Builder tensor, DType dtype, double... values) throws IOException {
        GraphProto.Builder graph =
                GraphProto.newBuilder().addInitializer(tensor.setName("t")).addOutput(Onnx.output("t"));
        try (OnnxFile file = open(Onnx.model(graph))) {
            Tensor read = file.initializers().get("t");
            assertThat(read.dtype()).isEqualTo(dtype);
            assertThat(read.toDoubles()).containsExactly(values);
        }
    }

    @Test
    void readsNumbersFromTheFieldOfTheirType() throws IOException {
        assertReads(Onnx.tensor("", DataType.FLOAT, 2).addFloatData(1.5f).addFloatData(-2), DType.F32, 1.5, -2);
        assertReads(Onnx.tensor("", DataType.DOUBLE, 1).addDoubleData(0.1), DType.F64, 0.1);
        assertReads(
                Onnx.tensor("", DataType.FLOAT16, 3).addAllInt32Data(List.of(0x3c00, 0xc000, 0x0001)),
                DType.F16,
                1,
                -2,
                Math.scalb(1.0, -24));
        assertReads(
                Onnx.tensor("", DataType.BFLOAT16, 2).addAllInt32Data(List.of(0x3f80, 0xc020)), DType.BF16, 1, -2.5);
        assertReads(Onnx.tensor("", DataType.INT8, 2).addAllInt32Data(List.of(-128, 127)), DType.I8, -128, 127);
        assertReads(Onnx.tensor("", DataType.INT16, 1).addInt32Data(-32768), DType.I16, -32768);
        assertReads(Onnx.tensor("", DataType.INT32, 1).addInt32Data(Integer.MIN_VALUE), DType.I32, Integer.MIN_VALUE);
        assertReads(Onnx.tensor("", DataType.INT64, 1).addInt64Data(-(1L << 52)), DType.I64, -(1L << 52));
        assertReads(Onnx.tensor("", DataType.UINT8, 2).addAllInt32Data(List.of(0, 255)), DType.U8, 0, 255);
        assertReads(Onnx.tensor("", DataType.UINT16, 1).addInt32Data(65535), DType.U16, 65535);
        assertReads(Onnx.tensor("", DataType.UINT32, 1).addUint64Data(0xffff_ffffL), DType.U32, 0xffff_ffffL);
        assertReads(Onnx.tensor("", DataType.UINT64, 1).addUint64Data(1L << 52), DType.U64, 1L << 52);
        assertReads(Onnx.tensor("", DataType.BOOL, 2).addAllInt32Data(List.of(0, 1)), DType.BOOL, 0, 1);
        assertReads(Onnx.tensor("", DataType.FLOAT).addFloatData(3), DType.F32, 3);
        assertReads(Onnx.tensor("", DataType.FLOAT, 0, 3), DType.F32);
    }

    @Test
    void readsRawBytesWhereTheyLie() throws IOException {
        ByteString bytes = ByteString.copyFrom(new byte[] {1, 0, (byte) 0xff, (byte) 0xff});
        assertReads(Onnx.tensor("", DataType.INT8, 4).setRawData(bytes), DType.I8, 1, 0, -1, -1);
        assertReads(Onnx.tensor("", DataType.UINT8, 4).setRawData(bytes), DType.U8, 1, 0, 255, 255);
        assertReads(Onnx.tensor("", DataType.INT16, 2).setRawData(bytes), DType.I16, 1, -1);
        assertReads(Onnx.tensor("", DataType.UINT16, 2).setRawData(bytes), DType.U16, 1, 65535);
        assertReads(Onnx.tensor("", DataType.INT32, 1).setRawData(bytes), DType.I32, 0xffff0001);
        assertReads(Onnx.tensor("", DataType.UINT32, 1).setRawData(bytes), DType.U32, 0xffff0001L);
    }

    /** Protobuf lets the parts of a message come in any order and pieces; the last of a field counts. */
    @Test
    void messagesInPiecesAreOne() throws IOException {
        GraphProto.Builder first = GraphProto.newBuilder()
                .addInitializer(Onnx.floats("a", new float[] {1}, 1))
                .addOutput(Onnx.output("a"));
        GraphProto.Builder second = GraphProto.newBuilder().addInitializer(Onnx.floats("b", new float[] {2, 3}, 2));
        Path file = folder.resolve("model.onnx");
        byte[] one = Onnx.model(first).toByteArray();
        byte[] two = ModelProto.newBuilder().setGraph(second).build().toByteArray();
        byte[] both = Arrays.copyOf(one, one.length + two.length);
        System.arraycopy(two, 0, both, one.length, two.length);
        Files.write(file, both);
        try (OnnxFile read = OnnxFile.open(file)) {
            assertThat(read.initializers().get("a").toFloats()).containsExactly(1);
            assertThat(read.initializers().get("b").toFloats()).containsExactly(2, 3);
        }
    }

    @Test
    void tellsWhatTheFileSays() throws IOException {
        ModelProto model = Onnx.model(GraphProto.newBuilder()
                        .addInput(Onnx.input("x", -1, 3))
                        .addInput(Onnx.input("w", 3))
                        .addInitializer(Onnx.floats("w", new float[3], 3))
                        .addNode(Onnx.node("Add", "s", "x", "w"))
                        .addNode(
                                NodeProto.newBuilder(Onnx.node("Gelu", "t", "s").build())
                                        .setDomain("com.microsoft"))
                        .addNode(Onnx.node("Add", "y", "t", "w"))
                        .addOutput(Onnx.output("y")))
                .toBuilder()
                .setIrVersion(8)
                .setProducerVersion("1.0")
                .addOpsetImport(OperatorSetIdProto.newBuilder()
                        .setDomain("com.microsoft")
                        .setVersion(1))
                .addMetadataProps(
                        StringStringEntryProto.newBuilder().setKey("labels").setValue("[]"))
                .build();
        try (OnnxFile file = open(model)) {
            assertThat(file.producer()).isEqualTo("hand 1.0");
            assertThat(file.irVersion()).isEqualTo(8);
            assertThat(file.opsets()).containsEntry("", 17L).containsEntry("com.microsoft", 1L);
            assertThat(file.metadata()).containsEntry("labels", "[]");
            assertThat(file.inputs())
                    .extracting(OnnxPort::name, OnnxPort::type)
                    .containsExactly(tuple("x", "F32 [n, 3]"));
            assertThat(file.outputs()).extracting(OnnxPort::type).containsExactly("? [...]");
            assertThat(file.operators().toString()).isEqualTo("{Add=2, com.microsoft.Gelu=1}");
            assertThat(file.bytes()).isEqualTo(Files.size(file.file()));
        }
    }
}
