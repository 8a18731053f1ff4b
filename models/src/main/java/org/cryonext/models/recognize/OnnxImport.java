package org.cryonext.models.recognize;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.checkpoint.Preprocessing;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.onnx.OnnxFile;
import org.cryonext.models.onnx.OnnxPort;
import org.cryonext.models.onnx.OnnxProgram;

/** Reads a ConvNeXt out of an ONNX file and proves that it computes the same. */
public final class OnnxImport {
    private static final int USUAL_SIZE = 224;

    /** What an array holds. */
    private static final long LARGEST = 1 << 30;

    /** Free extents of the batch become this, if it is not too much work; two show whether images are kept apart. */
    private static final int IMAGES = 2;

    /** Floating-point operations of the file's graph; beyond, one image must do. */
    private static final long MUCH = 4_000_000_000L;

    private OnnxImport() {}

    /**
     * Reads a file: recognises its ConvNeXt by structure and compares it with the file's own graph on a random image. The
     * report says how that went.
     *
     * @throws InputException if the file cannot be read, is no ConvNeXt (naming the first node that does not fit), or the
     *     comparison fails
     */
    public static Checkpoint read(Path path, Progress progress) {
        try (OnnxFile file = OnnxFile.open(path)) {
            OnnxProgram program = program(file);
            Recognition model = recognize(file, program);
            List<String> report = new ArrayList<>();
            if (isFinite(model)) {
                report.add(ImportProof.run(program, model, progress).sentence());
            } else {
                report.add(
                        "Some of its weights are NaN or infinite, so its results cannot be compared with those of the"
                                + " file's own graph");
            }
            return checkpoint(file, model, report);
        }
    }

    /**
     * The ConvNeXt of an open file as {@link #read} finds it, but not compared.
     *
     * @throws InputException if it is no ConvNeXt, naming the first node that does not fit
     */
    public static Checkpoint recognize(OnnxFile file) {
        return checkpoint(file, recognize(file, program(file)), List.of());
    }

    private static Checkpoint checkpoint(OnnxFile file, Recognition model, List<String> proof) {
        ConvNextConfig config = OnnxLabels.of(file, model.config());
        List<String> report = new ArrayList<>();
        report.add(file.file() + ": " + config.summary() + ", found in an ONNX graph"
                + (file.producer().isEmpty() ? "" : " by " + file.producer()));
        report.addAll(model.report());
        Shape images = model.image().value().shape();
        long size = Math.min(images.dim(1), images.dim(2));
        Preprocessing preprocessing = OnnxLabels.preprocessing(file, Math.toIntExact(size), config.channels());
        if (images.dim(1) != images.dim(2) && !OnnxLabels.hasPreprocessing(file)) {
            report.add("Its images are of " + images.dim(1) + " x " + images.dim(2) + " pixels; the preprocessing makes"
                    + " square ones of the shorter edge, " + size);
        }
        report.addAll(proof);
        return new Checkpoint(config, preprocessing, model.parameters(), List.copyOf(report));
    }

    private static OnnxProgram program(OnnxFile file) {
        Shape two = shape(file, IMAGES);
        Shape one = shape(file, 1);
        Optional<String> unsupported = OnnxProgram.unsupported(file);
        if (unsupported.isPresent()) {
            throw new Refusal(file.file().toString())
                    .of("node " + unsupported.orElseThrow() + " has an operator that ConvNeXts do not have");
        }
        OnnxProgram program = program(file, two);
        return !one.equals(two) && flops(program.graph()) > MUCH ? program(file, one) : program;
    }

    private static long flops(Graph graph) {
        return graph.nodes().stream().mapToLong(n -> n.cost().flops()).sum();
    }

    /** The file's graph for images of a shape, with half-precision weights widened. */
    static OnnxProgram program(OnnxFile file, Shape images) {
        return OnnxProgram.of(file, Map.of(image(file).name(), images), true);
    }

    /** The model in a file's graph. */
    static Recognition recognize(OnnxFile file, OnnxProgram program) {
        return Recognizer.recognize(
                program.graph(), program.constants(), file.file().toString(), tolerance(file));
    }

    private static OnnxPort image(OnnxFile file) {
        if (file.metadata().containsKey("cryonext.fusion")
                || "slices".equals(file.metadata().get("cryonext.input"))) {
            throw new InputException(
                    file.file() + " holds more than a ConvNeXt: it cuts or fuses views, as cryonext export"
                            + " makes it; export the run with --single-view and without --preprocess");
        }
        if (file.inputs().size() != 1) {
            throw new InputException(file.file() + " has "
                    + file.inputs().size() + " inputs "
                    + file.inputs().stream().map(OnnxPort::name).toList()
                    + ", expected one, the images");
        }
        return file.inputs().getFirst();
    }

    /** Extents that the file leaves open: a number of images, three channels, 224 pixels. */
    private static Shape shape(OnnxFile file, long images) {
        OnnxPort port = image(file);
        List<OnnxPort.Dim> dims = port.dims().orElse(List.of());
        if (dims.isEmpty()) {
            return Shape.of(1, 3, USUAL_SIZE, USUAL_SIZE);
        }
        boolean last = dims.size() == 4
                && dims.get(3).extent().orElse(0) == 3
                && dims.get(1).extent().orElse(0) != 3;
        long[] usual =
                last ? new long[] {images, USUAL_SIZE, USUAL_SIZE, 3} : new long[] {images, 3, USUAL_SIZE, USUAL_SIZE};
        long[] shape = new long[dims.size()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = dims.get(i).extent().orElse(i < usual.length ? usual[i] : 1);
        }
        long elements = 1;
        for (long extent : shape) {
            if (extent < 1 || extent > LARGEST / elements) {
                throw new InputException(file.file() + ": its input " + port.name() + " is " + port.type()
                        + ", expected images [N, C, H, W] of 1 to " + LARGEST + " numbers in all");
            }
            elements *= extent;
        }
        return Shape.of(shape);
    }

    /** Constants such as the square root of 2 are as exact as the file's coarsest element type. */
    private static double tolerance(OnnxFile file) {
        return Stream.concat(
                        file.initializers().values().stream().map(Tensor::dtype),
                        file.inputs().stream().flatMap(port -> port.dtype().stream()))
                .mapToDouble(OnnxImport::tolerance)
                .max()
                .orElse(0);
    }

    private static double tolerance(DType dtype) {
        return switch (dtype) {
            case BF16 -> 0x1p-7;
            case F16 -> 0x1p-9;
            default -> 2e-6;
        };
    }

    private static boolean isFinite(Recognition model) {
        for (Tensor tensor : model.parameters().values()) {
            for (float v : tensor.toFloats()) {
                if (!Float.isFinite(v)) {
                    return false;
                }
            }
        }
        return true;
    }
}
