package org.cryonext.models.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.io.Progress;
import org.cryonext.engine.io.Safetensors;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.models.Fixtures;
import org.cryonext.models.Models;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.onnx.OnnxFile;
import org.cryonext.models.onnx.OnnxProgram;
import org.cryonext.models.recognize.OnnxImport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Exported files, read back as any ONNX file and run node by node, give PyTorch's logits. */
final class ExportedGraphTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "v1, 17, F32, 1e-5",
        "v1, 20, F32, 1e-5",
        "v1-tanh, 17, F32, 1e-5",
        "v1-tanh, 20, F32, 1e-5",
        "v1-tiny-activations, 18, F32, 1e-5",
        "v1, 18, F16, 5e-3",
        "v2, 17, F32, 1e-5",
        "v2, 18, F32, 1e-5",
        "v2-tanh, 19, F32, 1e-5",
        "v2-tiny-activations, 20, F32, 1e-5",
        "v2, 17, F16, 5e-3",
        "v2-eight-channels, 17, F32, 1e-5",
        "v2-mean, 17, F32, 1e-5",
        "v1-concat, 18, F32, 1e-5",
        "v2-concat-profile, 20, F32, 1e-5",
        "v2-concat-profile, 17, F16, 5e-3",
    })
    void logitsArePytorchs(String fixture, int opset, DType type, double tolerance) {
        Checkpoint checkpoint = Checkpoint.read(Fixtures.model(fixture));
        try (Safetensors reference = Safetensors.open(Fixtures.reference(fixture))) {
            float[] logits = run(checkpoint, opset, type, reference);
            assertThat(Models.relative(logits, reference.tensor("logits").toFloats()))
                    .isLessThan(tolerance);
        }
    }

    @ParameterizedTest
    @CsvSource({"v1, 17, F32", "v1-tanh, 18, F32", "v2, 17, F32", "v2, 20, F16", "v1-tiny-activations, 20, F32"})
    void importGivesBackTheCheckpoint(String fixture, int opset, DType type) {
        Checkpoint checkpoint = Checkpoint.read(Fixtures.model(fixture));
        Path file = export(checkpoint, opset, type);
        Checkpoint read = OnnxImport.read(file, Progress.none());
        assertThat(read.config().version()).isEqualTo(checkpoint.config().version());
        assertThat(read.config().activation()).isEqualTo(checkpoint.config().activation());
        assertThat(read.config().headEpsilon()).isCloseTo(checkpoint.config().headEpsilon(), withinPercentage(1e-4));
        // Half precision is stored for what is large; the rest comes back as it was.
        checkpoint
                .parameters()
                .forEach((name, tensor) -> assertThat(
                                read.parameters().get(name).toFloats())
                        .as(name)
                        .satisfiesAnyOf(
                                values -> assertThat(values).isEqualTo(tensor.toFloats()),
                                values -> assertThat(values)
                                        .isEqualTo(tensor.to(type).toFloats())));
    }

    @Test
    void sumsOfSquaresMayLeaveTheRangeOfHalfPrecision() {
        Checkpoint checkpoint = Checkpoint.read(Fixtures.model("v2"));
        Tensor expand = checkpoint.parameters().get("convnextv2.encoder.stages.0.layers.0.pwconv1.weight");
        for (long i = 0; i < expand.size(); i++) {
            expand.set(i, 30 * expand.get(i));
        }
        try (Safetensors reference = Safetensors.open(Fixtures.reference("v2"));
                ReferenceBackend backend = new ReferenceBackend()) {
            float[] logits = run(checkpoint, 17, DType.F16, reference);
            assertThat(Models.relative(logits, Models.logits(checkpoint, reference, backend)))
                    .isLessThan(5e-3);
        }
    }

    /** The logits of a file with this network for the images of a reference file, and what is beside them. */
    private float[] run(Checkpoint checkpoint, int opset, DType type, Safetensors reference) {
        try (OnnxFile onnx = OnnxFile.open(export(checkpoint, opset, type));
                ReferenceBackend backend = new ReferenceBackend()) {
            Map<String, Tensor> inputs = new LinkedHashMap<>(Map.of("images", reference.tensor("x")));
            if (checkpoint.config().head().profile() > 0) {
                inputs.put("profile", reference.tensor("profile"));
            }
            return OnnxProgram.forInputs(onnx, inputs, false)
                    .run(backend, inputs)
                    .get("logits")
                    .toFloats();
        }
    }

    private Path export(Checkpoint checkpoint, int opset, DType type) {
        OnnxGraph graph = new OnnxGraph(opset);
        ConvNextConfig config = checkpoint.config();
        OnnxValue images = graph.input(
                "images",
                DType.F32,
                List.of(
                        new Dim.Symbolic("images"),
                        new Dim.Fixed(config.channels()),
                        new Dim.Symbolic("height"),
                        new Dim.Symbolic("width")));
        OnnxValue profile = config.head().profile() == 0
                ? null
                : graph.input(
                        "profile",
                        DType.F32,
                        List.of(
                                new Dim.Symbolic("samples"),
                                new Dim.Fixed(config.head().profile())));
        graph.output(
                "logits",
                OnnxConvNext.add(graph, checkpoint, type, images, profile),
                List.of(new Dim.Symbolic("samples"), new Dim.Fixed(5)));
        Path file = folder.resolve("network.onnx");
        OnnxWriter.write(file, graph, Map.of(), Progress.none());
        return file;
    }
}
