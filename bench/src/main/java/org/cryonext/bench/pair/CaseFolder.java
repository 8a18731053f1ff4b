package org.cryonext.bench.pair;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.cryonext.bench.model.ModelSettings;
import org.cryonext.bench.model.RandomModel;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Parameter;
import org.cryonext.models.convnext.Version;
import org.cryonext.models.export.Dim;
import org.cryonext.models.export.OnnxConvNext;
import org.cryonext.models.export.OnnxGraph;
import org.cryonext.models.export.OnnxWriter;

/** One model with its images and labels, written in the forms that the programs beside each other read. */
final class CaseFolder {
    static final String CHECKPOINT = "checkpoint";
    static final String IMAGES = "images.f32";

    private CaseFolder() {}

    /**
     * Writes a model: {@code checkpoint/} and {@code model.onnx}; {@code weights.f32}, the parameters in PyTorch's
     * order one after the other, little-endian, and {@code weights.txt}, a line a parameter with its name (Hugging
     * Face's, without the model's prefix) and dims; {@code network.properties}; {@code images.f32} [N, 3, H, W]; {@code
     * labels.i32} [N].
     *
     * @throws InputException if the folder cannot be written
     */
    static void write(Path folder, ModelSettings settings) {
        Checkpoint model = RandomModel.checkpoint(settings.config(), settings.imageSize());
        model.write(folder.resolve(CHECKPOINT));
        if (!settings.mode().trains()) {
            OnnxWriter.write(folder.resolve("model.onnx"), onnx(settings, model), Map.of(), Progress.none());
        }
        try {
            Files.write(folder.resolve("network.properties"), properties(settings));
            writeWeights(folder, model);
            float[] images = RandomModel.images(settings.batch(), settings.imageSize());
            try (FileChannel file = create(folder.resolve(IMAGES))) {
                append(file, images);
            }
            int[] labels =
                    RandomModel.labels(settings.batch(), settings.config().classes());
            ByteBuffer bytes = ByteBuffer.allocate(4 * labels.length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asIntBuffer().put(labels);
            Files.write(folder.resolve("labels.i32"), bytes.array());
        } catch (IOException e) {
            throw new InputException("Cannot write the model to be timed to " + folder + ": " + e.getMessage(), e);
        }
    }

    private static OnnxGraph onnx(ModelSettings settings, Checkpoint model) {
        OnnxGraph graph = new OnnxGraph(OnnxGraph.OLDEST);
        Dim batch = new Dim.Fixed(settings.batch());
        Dim size = new Dim.Fixed(settings.imageSize());
        var images = graph.input("x", DType.F32, List.of(batch, new Dim.Fixed(3), size, size));
        var logits = OnnxConvNext.add(graph, model, DType.F32, images);
        graph.output(
                "logits", logits, List.of(batch, new Dim.Fixed(settings.config().classes())));
        return graph;
    }

    private static List<String> properties(ModelSettings settings) {
        ConvNextConfig config = settings.config();
        return List.of(
                "version=" + (config.version() == Version.V1 ? 1 : 2),
                "depths=" + joined(config.depths()),
                "dims=" + joined(config.dims()),
                "classes=" + config.classes(),
                "patch=" + config.patchSize(),
                "epsilon=" + ConvNextConfig.EPSILON,
                "head_epsilon=" + config.headEpsilon(),
                "batch=" + settings.batch(),
                "image_size=" + settings.imageSize());
    }

    private static String joined(List<Integer> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    private static void writeWeights(Path folder, Checkpoint model) throws IOException {
        List<String> lines = new ArrayList<>();
        try (FileChannel file = create(folder.resolve("weights.f32"))) {
            for (Parameter p : Parameter.of(model.config())) {
                Tensor torch = p.toTorch(model.parameters().get(p.name()));
                append(file, torch.toFloats());
                String dims = LongStream.of(torch.shape().toArray())
                        .mapToObj(String::valueOf)
                        .collect(Collectors.joining(","));
                lines.add(p.name().replaceFirst("^convnext(v2)?\\.", "") + " " + dims);
            }
        }
        Files.write(folder.resolve("weights.txt"), lines);
    }

    private static FileChannel create(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    private static void append(FileChannel file, float[] values) throws IOException {
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.multiplyExact(4, values.length)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
    }

    /** Little-endian floats of a file. */
    static float[] floats(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        float[] values = new float[bytes.length / 4];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }

    /** Little-endian ints of a file. */
    static int[] ints(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int[] values = new int[bytes.length / 4];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(values);
        return values;
    }
}
