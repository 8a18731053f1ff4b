package org.cryonext.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.cryonext.cryoet.export.ExportSettings;
import org.cryonext.cryoet.export.Exporter;
import org.cryonext.cryoet.export.Format;
import org.cryonext.cryoet.network.Score;
import org.cryonext.cryoet.network.Scorer;
import org.cryonext.cryoet.run.Fusion;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.cryoet.triplet.Preprocess;
import org.cryonext.cryoet.triplet.View;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.io.Progress;
import org.cryonext.engine.op.Activation;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.convnext.ConvNext;
import org.cryonext.models.convnext.Version;
import org.cryonext.models.export.Dim;
import org.cryonext.models.export.OnnxConvNext;
import org.cryonext.models.export.OnnxGraph;
import org.cryonext.models.export.OnnxWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** ONNX Runtime computes from exported files what the engine's reference computes from the same weights. */
final class ExportedFilesTest {
    private static final int SIZE = 45;
    private static final double F32 = 1e-5;
    private static final double F16 = 5e-3;

    @TempDir
    Path folder;

    private Path export(Path source, Integer opset, boolean half, boolean dynamic, boolean single, boolean slices) {
        Path file = folder.resolve("network.onnx");
        Exporter.run(
                new ExportSettings(source, Format.ONNX, file, opset, half, dynamic, single, slices), Progress.none());
        return file;
    }

    private static float[] normal(int count) {
        Random random = new Random(11);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static byte[] bytes(int count) {
        byte[] values = new byte[count];
        new Random(12).nextBytes(values);
        return values;
    }

    /** The engine's logits of images [n, 3, height, width]. */
    private static float[] logits(Checkpoint checkpoint, float[] images, int n, int height, int width) {
        Tensor x = Tensor.of(images, n, 3, height, width).transpose(0, 2, 3, 1);
        try (Backend backend = new ReferenceBackend();
                Variables variables = new Variables(backend);
                Program program =
                        Program.compile(ConvNext.inference(checkpoint.config(), n, height, width), variables)) {
            checkpoint.upload(variables);
            program.set("x", x);
            program.run();
            return program.get("logits").toFloats();
        }
    }

    private static void assertClose(float[] found, float[] expected, double tolerance) {
        double largest = 0;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.length; i++) {
            assertThat(Math.abs(found[i] - expected[i]) / largest)
                    .as("element %d", i)
                    .isLessThan(tolerance);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "V1, 17, GELU", "V1, 18, GELU_TANH", "V1, 19, GELU", "V1, 20, GELU_TANH",
        "V2, 17, GELU_TANH", "V2, 18, GELU", "V2, 19, GELU_TANH", "V2, 20, GELU"
    })
    void aCheckpointGivesTheSameLogits(Version version, int opset, Activation activation) throws OrtException {
        Checkpoint checkpoint = RandomRuns.checkpoint(version, activation, SIZE);
        Path source = folder.resolve("checkpoint");
        checkpoint.write(source);
        float[] image = normal(3 * SIZE * SIZE);
        float[] expected = logits(checkpoint, image, 1, SIZE, SIZE);
        long[] shape = {1, 3, SIZE, SIZE};
        try (OnnxRuntime file = new OnnxRuntime(export(source, opset, false, false, false, false))) {
            assertClose(file.run(image, shape, "logits"), expected, F32);
        }
        try (OnnxRuntime file = new OnnxRuntime(export(source, opset, true, false, false, false))) {
            assertClose(file.run(image, shape, "logits"), expected, F16);
        }
    }

    @Test
    void numberAndSizeOfImagesMayBeLeftOpen() throws OrtException {
        Checkpoint checkpoint = RandomRuns.checkpoint(Version.V2, Activation.GELU, SIZE);
        RunFolder run = RandomRuns.run(folder.resolve("run"), checkpoint, Fusion.LOGITS);
        float[] images = normal(2 * 3 * 3 * 33 * 70);
        float[] views = logits(checkpoint, images, 6, 33, 70);
        try (OnnxRuntime file = new OnnxRuntime(export(run.folder(), null, false, true, true, false))) {
            assertClose(file.run(images, new long[] {6, 3, 33, 70}, "logits"), views, F32);
        }
        float[] means = new float[2 * RandomRuns.LABELS.size()];
        for (int i = 0; i < views.length; i++) {
            int particle = i / (3 * RandomRuns.LABELS.size());
            means[particle * RandomRuns.LABELS.size() + i % RandomRuns.LABELS.size()] += views[i] / 3;
        }
        try (OnnxRuntime file = new OnnxRuntime(export(run.folder(), null, false, true, false, false))) {
            assertClose(file.run(images, new long[] {2, 3, 3, 33, 70}, "logits"), means, F32);
        }
    }

    @ParameterizedTest
    @EnumSource(Fusion.class)
    void slicesGiveTheProbabilitiesOfClassify(Fusion fusion) throws OrtException {
        Checkpoint checkpoint = RandomRuns.checkpoint(Version.V1, Activation.GELU, SIZE);
        RunFolder run = RandomRuns.run(folder.resolve("run"), checkpoint, fusion);
        int particle = 3 * View.SIZE * View.SIZE;
        byte[] slices = bytes(2 * particle);
        List<Score> scores;
        try (Backend backend = new ReferenceBackend();
                Scorer scorer = Scorer.open(run, backend, 2)) {
            scores = scorer.score(
                    2,
                    (index, out, at) -> System.arraycopy(slices, index * particle, out, at, particle),
                    Progress.none());
        }
        for (int opset : new int[] {17, 20}) {
            try (OnnxRuntime file = new OnnxRuntime(export(run.folder(), opset, false, true, false, true))) {
                long[] shape = {2, 3, View.SIZE, View.SIZE};
                float[] probabilities = file.run(slices, shape, "probabilities");
                float[] fused = file.run(slices, shape, "logits");
                int k = RandomRuns.LABELS.size();
                for (int i = 0; i < 2; i++) {
                    float[] expected = scores.get(i).probabilities();
                    assertClose(Arrays.copyOfRange(probabilities, i * k, (i + 1) * k), expected, F32);
                    assertClose(softmax(Arrays.copyOfRange(fused, i * k, (i + 1) * k)), expected, F32);
                }
            }
        }
    }

    private static float[] softmax(float[] logits) {
        double sum = 0;
        for (float value : logits) {
            sum += Math.exp(value);
        }
        float[] result = new float[logits.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) (Math.exp(logits[i]) / sum);
        }
        return result;
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 48, 65, 224})
    void slicesBecomeTheSameBits(int size) throws IOException, OrtException {
        Checkpoint checkpoint = RandomRuns.checkpoint(Version.V1, Activation.GELU, size);
        RunFolder run = RandomRuns.run(folder.resolve("run"), checkpoint, Fusion.LOGITS);
        Path file = withPixels(export(run.folder(), null, false, false, true, true));
        byte[] slice = bytes(View.SIZE * View.SIZE);
        Preprocess preprocess = run.settings().input().preprocess();
        float[] expected = new float[preprocess.floats()];
        preprocess.channelsFirst(slice, 0, expected, 0);
        try (OnnxRuntime runtime = new OnnxRuntime(file)) {
            assertThat(runtime.run(slice, new long[] {1, View.SIZE, View.SIZE}, "pixels"))
                    .isEqualTo(expected);
        }
    }

    /** The same file with the network's input as an output more. Each of 256 greys has a value of its own in it. */
    private static Path withPixels(Path file) throws IOException {
        ModelProto model = ModelProto.parseFrom(Files.readAllBytes(file));
        GraphProto.Builder graph = model.getGraph().toBuilder();
        String stem = graph.getNodeList().stream()
                .filter(node -> node.getOpType().equals("Conv"))
                .findFirst()
                .orElseThrow()
                .getInput(0);
        graph.addNode(
                NodeProto.newBuilder().setOpType("Identity").addInput(stem).addOutput("pixels"));
        graph.addOutput(ValueInfoProto.newBuilder()
                .setName("pixels")
                .setType(TypeProto.newBuilder()
                        .setTensorType(
                                TypeProto.Tensor.newBuilder().setElemType(TensorProto.DataType.FLOAT.getNumber()))));
        return Files.write(
                file.resolveSibling("pixels.onnx"),
                model.toBuilder().setGraph(graph).build().toByteArray());
    }

    @Test
    void weightsMayLieInAFileOfTheirOwn() throws OrtException {
        Checkpoint checkpoint = RandomRuns.checkpoint(Version.V2, Activation.GELU, SIZE);
        OnnxGraph graph = new OnnxGraph(17);
        List<Dim> image = List.of(new Dim.Fixed(1), new Dim.Fixed(3), new Dim.Fixed(SIZE), new Dim.Fixed(SIZE));
        graph.output(
                "logits",
                OnnxConvNext.add(graph, checkpoint, DType.F32, graph.input("images", DType.F32, image)),
                List.of(new Dim.Fixed(1), new Dim.Fixed(RandomRuns.LABELS.size())));
        Path file = folder.resolve("network.onnx");
        assertThat(OnnxWriter.write(file, graph, Map.of(), 1000, Progress.none()))
                .containsExactly(file, folder.resolve("network.onnx.data"));
        float[] x = normal(3 * SIZE * SIZE);
        try (OnnxRuntime runtime = new OnnxRuntime(file)) {
            assertClose(
                    runtime.run(x, new long[] {1, 3, SIZE, SIZE}, "logits"), logits(checkpoint, x, 1, SIZE, SIZE), F32);
        }
    }

    @Test
    void namesAndPreprocessingAreInTheMetadata() throws OrtException {
        Checkpoint checkpoint = RandomRuns.checkpoint(Version.V1, Activation.GELU, SIZE);
        RunFolder run = RandomRuns.run(folder.resolve("run"), checkpoint, Fusion.PROBABILITIES);
        try (OnnxRuntime file = new OnnxRuntime(export(run.folder(), null, false, false, false, false))) {
            assertThat(file.session().getMetadata().getProducerName()).isEqualTo("CryoNeXt");
            Map<String, String> metadata = file.session().getMetadata().getCustomMetadata();
            assertThat(metadata)
                    .containsEntry("cryonext.fusion", "probabilities")
                    .containsEntry("cryonext.input", "images");
            assertThat(JsonMapper.shared().readValue(metadata.get("cryonext.labels"), String[].class))
                    .containsExactly(RandomRuns.LABELS.toArray(String[]::new));
            assertThat(JsonMapper.shared()
                            .readTree(metadata.get("cryonext.preprocessor"))
                            .at("/size/shortest_edge")
                            .asInt())
                    .isEqualTo(SIZE);
            assertThat(JsonMapper.shared().readValue(metadata.get("cryonext.views"), View[].class))
                    .containsExactly(View.PAPER.toArray(View[]::new));
        }
    }
}
