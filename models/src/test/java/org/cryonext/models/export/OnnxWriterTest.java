package org.cryonext.models.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.engine.op.Activation;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.checkpoint.Preprocessing;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Version;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes of exported files; that ONNX Runtime computes the right numbers from them is tested in bench. */
final class OnnxWriterTest {
    private static final List<Dim> IMAGE =
            List.of(new Dim.Symbolic("batch"), new Dim.Fixed(3), new Dim.Fixed(40), new Dim.Fixed(40));
    private static final List<Dim> LOGITS = List.of(new Dim.Symbolic("batch"), new Dim.Fixed(5));

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void nameFile() {
        file = folder.resolve("network.onnx");
    }

    private static Checkpoint checkpoint(Version version, Activation activation) {
        ConvNextConfig config = new ConvNextConfig(
                version,
                List.of(1, 1, 1, 1),
                List.of(6, 10, 14, 18),
                4,
                ConvNextConfig.numbered(5),
                1e-12,
                activation,
                0,
                1e-6);
        return Checkpoint.fresh(config, Preprocessing.imageNet(40), 3);
    }

    private static OnnxGraph graph(Checkpoint checkpoint, int opset, DType type) {
        OnnxGraph graph = new OnnxGraph(opset);
        OnnxValue images = graph.input("images", DType.F32, IMAGE);
        graph.output("logits", OnnxConvNext.add(graph, checkpoint, type, images), LOGITS);
        return graph;
    }

    private static byte[] bytes(Tensor tensor) {
        return tensor.data().toArray(ValueLayout.JAVA_BYTE);
    }

    private ModelProto read() throws IOException {
        return ModelProto.parseFrom(Files.readAllBytes(file));
    }

    private static TensorProto initializer(ModelProto model, String name) {
        return model.getGraph().getInitializerList().stream()
                .filter(tensor -> tensor.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void weightsAreTheCheckpointsInPytorchsOrder() throws IOException {
        Checkpoint checkpoint = checkpoint(Version.V1, Activation.GELU);
        OnnxWriter.write(file, graph(checkpoint, 17, DType.F32), Map.of("a", "b"), Progress.none());
        ModelProto model = read();
        assertThat(model.getProducerName()).isEqualTo("CryoNeXt");
        assertThat(model.getMetadataPropsList())
                .containsExactly(StringStringEntryProto.newBuilder()
                        .setKey("a")
                        .setValue("b")
                        .build());
        String block = "convnext.encoder.stages.1.layers.0.";
        TensorProto kernel = initializer(model, block + "dwconv.weight");
        assertThat(kernel.getDimsList()).containsExactly(10L, 1L, 7L, 7L);
        assertThat(kernel.getRawData().toByteArray())
                .isEqualTo(bytes(checkpoint
                        .parameters()
                        .get(block + "dwconv.weight")
                        .reshape(7, 7, 10)
                        .transpose(2, 0, 1)));
        TensorProto matrix = initializer(model, block + "pwconv1.weight.transposed");
        assertThat(matrix.getDimsList()).containsExactly(10L, 40L);
        assertThat(matrix.getRawData().toByteArray())
                .isEqualTo(bytes(
                        checkpoint.parameters().get(block + "pwconv1.weight").transpose(1, 0)));
    }

    @ParameterizedTest
    @ValueSource(ints = {17, 18, 19, 20})
    void everyNodeIsAStandardOperatorWithItsInputsBeforeIt(int opset) throws IOException {
        for (Version version : Version.values()) {
            for (Activation activation : new Activation[] {Activation.GELU, Activation.GELU_TANH}) {
                OnnxWriter.write(
                        file, graph(checkpoint(version, activation), opset, DType.F16), Map.of(), Progress.none());
                ModelProto model = read();
                assertThat(model.getOpsetImportList()).singleElement().satisfies(entry -> {
                    assertThat(entry.getDomain()).isEmpty();
                    assertThat(entry.getVersion()).isEqualTo(opset);
                });
                Set<String> known = new HashSet<>(Set.of("images"));
                model.getGraph().getInitializerList().forEach(tensor -> known.add(tensor.getName()));
                Set<String> names = new HashSet<>();
                for (NodeProto node : model.getGraph().getNodeList()) {
                    assertThat(known).as(node.getName()).containsAll(node.getInputList());
                    assertThat(known.add(node.getOutput(0))).isTrue();
                    assertThat(names.add(node.getName())).isTrue();
                }
                assertThat(known).contains("logits");
                assertThat(model.getGraph().getNodeList().stream()
                                .anyMatch(node -> node.getOpType().equals("Gelu")))
                        .isEqualTo(opset == 20);
            }
        }
    }

    @Test
    void largeWeightsGoToAFileOfTheirOwnWhereTheMessageWouldBeTooLarge() throws IOException {
        Checkpoint checkpoint = checkpoint(Version.V2, Activation.GELU);
        OnnxGraph graph = graph(checkpoint, 18, DType.F32);
        OnnxWriter.write(file, graph, Map.of(), Progress.none());
        long size = Files.size(file);
        assertThat(OnnxWriter.write(file, graph, Map.of(), size, Progress.none()))
                .containsExactly(file);
        ModelProto whole = read();

        Path data = folder.resolve("network.onnx.data");
        assertThat(OnnxWriter.write(file, graph, Map.of(), size - 1, Progress.none()))
                .containsExactly(file, data);
        byte[] beside = Files.readAllBytes(data);
        int outside = 0;
        for (TensorProto tensor : read().getGraph().getInitializerList()) {
            byte[] expected = initializer(whole, tensor.getName()).getRawData().toByteArray();
            if (tensor.getDataLocation() == TensorProto.DataLocation.DEFAULT) {
                assertThat(tensor.getRawData().toByteArray())
                        .hasSizeLessThan(1024)
                        .isEqualTo(expected);
            } else {
                Map<String, String> place = tensor.getExternalDataList().stream()
                        .collect(Collectors.toMap(StringStringEntryProto::getKey, StringStringEntryProto::getValue));
                int offset = Integer.parseInt(place.get("offset"));
                int length = Integer.parseInt(place.get("length"));
                assertThat(place).containsEntry("location", "network.onnx.data").hasSize(3);
                assertThat(offset % 4096).isZero();
                assertThat(tensor.hasRawData()).isFalse();
                assertThat(Arrays.copyOfRange(beside, offset, offset + length)).isEqualTo(expected);
                outside++;
            }
        }
        assertThat(outside).isGreaterThan(5);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactlyInAnyOrder(file, data);
        }
    }

    @Test
    void whatFailsLeavesTheOldFile() throws IOException {
        Files.writeString(file, "old");
        Checkpoint checkpoint = checkpoint(Version.V1, Activation.GELU);
        Tensor weight = checkpoint.parameters().get("convnext.encoder.stages.3.layers.0.pwconv2.weight");
        weight.set(5, 1e6);
        OnnxGraph graph = graph(checkpoint, 17, DType.F16);
        for (long largest : new long[] {Integer.MAX_VALUE, 1000}) {
            assertThatThrownBy(() -> OnnxWriter.write(file, graph, Map.of(), largest, Progress.none()))
                    .isInstanceOf(InputException.class)
                    .hasMessage("Parameter convnext.encoder.stages.3.layers.0.pwconv2.weight holds 1000000.0, which is"
                            + " too large for F16; export without --f16");
            try (Stream<Path> files = Files.list(folder)) {
                assertThat(files).containsExactly(file);
            }
            assertThat(file).hasContent("old");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 16, 21})
    void otherOpsetsAreRefused(int opset) {
        assertThatThrownBy(() -> new OnnxGraph(opset))
                .isInstanceOf(InputException.class)
                .hasMessage("--opset is " + opset + ", expected 17 to 20");
    }
}
