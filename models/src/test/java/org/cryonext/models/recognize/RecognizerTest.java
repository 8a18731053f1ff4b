package org.cryonext.models.recognize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.engine.io.Safetensors;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.models.Models;
import org.cryonext.models.onnx.OnnxFile;
import org.cryonext.models.recognize.Exports.Export;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Real exporter files give the architecture they were made of and PyTorch's numbers, or are refused with a reason. */
class RecognizerTest {
    private static final double TOLERANCE = 1e-5;

    @TempDir
    private static Path folder;

    private static Safetensors images;
    private static Safetensors expected;

    @BeforeAll
    static void unpack() throws IOException {
        Exports.unpack(folder);
        images = Safetensors.open(folder.resolve("inputs.safetensors"));
        expected = Safetensors.open(folder.resolve("expected.safetensors"));
    }

    @AfterAll
    static void close() {
        images.close();
        expected.close();
    }

    static List<Export> good() {
        return Exports.all().stream()
                .filter(e -> e.refused().isEmpty() && !e.facts().has("not_finite"))
                .toList();
    }

    static List<Export> bad() {
        return Exports.all().stream().filter(e -> !e.refused().isEmpty()).toList();
    }

    @ParameterizedTest
    @MethodSource("good")
    void findsTheArchitectureAndGivesTheNumbersOfPyTorch(Export export) {
        Tensor x = images.tensor(export.image());
        Recognition model = recognize(export, x.shape());
        assertThat(model.config()).isEqualTo(export.config(model.config().hasLayerScale()));
        assertThat(names(model)).isEqualTo(export.outputs());

        SequencedMap<String, Tensor> found;
        try (ReferenceBackend reference = new ReferenceBackend()) {
            found = new RebuiltModel(model).run(reference, x.transpose(0, 2, 3, 1), Progress.none());
        }
        List<String> outputs = new ArrayList<>(found.keySet());
        for (int i = 0; i < outputs.size(); i++) {
            String name = outputs.get(i);
            Tensor torch =
                    expected.tensor(export.name() + "/" + export.outputs().get(i));
            Tensor ordered = model.outputs().get(name).layout().toChannelsLast(torch);
            assertThat(Models.relative(found.get(name).toFloats(), ordered.toFloats()))
                    .isLessThan(TOLERANCE);
        }
    }

    private static List<String> names(Recognition model) {
        return model.outputs().values().stream()
                .map(output -> output.name() + (output.then() instanceof Recognition.Normalised ? " normalised" : ""))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("bad")
    void refusesWhatIsNoConvNextNamingTheNode(Export export) {
        assertThatThrownBy(() -> recognize(export, images.tensor(export.image()).shape()))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(folder.resolve(export.name() + ".onnx").toString())
                .hasMessageContainingAll(export.refused().toArray(String[]::new));
    }

    private static Recognition recognize(Export export, Shape images) {
        try (OnnxFile file = OnnxFile.open(folder.resolve(export.name() + ".onnx"))) {
            Shape shape = export.name().contains("channels-last")
                    ? Shape.of(images.dim(0), images.dim(2), images.dim(3), images.dim(1))
                    : images;
            return OnnxImport.recognize(file, OnnxImport.program(file, shape));
        }
    }
}
