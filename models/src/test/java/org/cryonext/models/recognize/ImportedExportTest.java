package org.cryonext.models.recognize;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.cryonext.engine.io.Progress;
import org.cryonext.engine.tensor.DType;
import org.cryonext.models.Fixtures;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.export.Dim;
import org.cryonext.models.export.OnnxConvNext;
import org.cryonext.models.export.OnnxGraph;
import org.cryonext.models.export.OnnxWriter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What was exported comes back as it was. */
class ImportedExportTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "v1, 17, F32",
        "v2, 17, F32",
        "v1-tanh, 18, F32",
        "v2, 20, F32",
        "v2-tanh, 20, F32",
        "v1, 17, F16",
        "v2-eight-channels, 18, F32"
    })
    void everyParameterHasTheSameBits(String fixture, int opset, DType type) {
        Checkpoint expected = Checkpoint.read(Fixtures.model(fixture));
        Path file = folder.resolve("network.onnx");
        OnnxGraph graph = new OnnxGraph(opset);
        Dim batch = new Dim.Symbolic("batch");
        List<Dim> images =
                List.of(batch, new Dim.Fixed(expected.config().channels()), new Dim.Fixed(40), new Dim.Fixed(48));
        graph.output(
                "logits",
                OnnxConvNext.add(graph, expected, type, graph.input("images", DType.F32, images)),
                List.of(batch, new Dim.Fixed(5)));
        OnnxWriter.write(file, graph, Map.of(), Progress.none());
        Checkpoint found = OnnxImport.read(file, Progress.none());
        assertThat(found.config()).isEqualTo(expected.config());
        assertThat(found.parameters().keySet()).isEqualTo(expected.parameters().keySet());
        // In half precision, head and GRN stay F32.
        expected.parameters()
                .forEach((name, tensor) -> assertThat(
                                found.parameters().get(name).toFloats())
                        .as(name)
                        .isIn(tensor.toFloats(), tensor.to(type).toFloats()));
    }
}
