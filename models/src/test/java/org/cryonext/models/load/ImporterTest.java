package org.cryonext.models.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.engine.io.Safetensors;
import org.cryonext.engine.io.SafetensorsWriter;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.models.Fixtures;
import org.cryonext.models.Models;
import org.cryonext.models.checkpoint.Checkpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImporterTest {
    @TempDir
    Path folder;

    private Checkpoint run(Path source, Head head) {
        return Importer.run(new ImportSettings(source, folder.resolve("out"), head, DType.F32), Progress.none());
    }

    @Test
    void anOriginalFileBecomesWhatTransformersWrote() {
        Checkpoint written = run(Fixtures.model("torch/v1-original-model.pth"), new Head.Kept());
        assertThat(written.report())
                .contains("The weights are its entry \"model\"")
                .endsWith("Written to " + folder.resolve("out") + " as F32");
        assertThat(folder.resolve("out/model.safetensors"))
                .hasSameBinaryContentAs(Fixtures.model("v1/model.safetensors"));
    }

    @Test
    void aFreshHeadReplacesEvenOneOfAsManyClasses() {
        List<String> names = List.of("a", "b", "c", "d", "e");
        Checkpoint written = run(Fixtures.model("v2"), new Head.Fresh(names, 3));
        Checkpoint again = Checkpoint.read(folder.resolve("out"));
        assertThat(again.config().labels()).isEqualTo(names);
        assertThat(again.parameters().get("classifier.bias").toFloats()).containsOnly(0);
        assertThat(written.report())
                .contains("Its classifier for 5 classes is replaced by a fresh one for 5, from seed 3");
        assertThat(run(Fixtures.model("v2"), new Head.Fresh(names, 4))
                        .parameters()
                        .get("classifier.weight")
                        .toFloats())
                .isNotEqualTo(written.parameters().get("classifier.weight").toFloats());
    }

    @Test
    void headsAreRenamedAndDropped() {
        List<String> names = List.of("a", "b", "c", "d", "e");
        run(Fixtures.model("v1"), new Head.Renamed(Path.of("names.txt"), names));
        assertThat(Checkpoint.read(folder.resolve("out")).config().labels()).isEqualTo(names);
        run(Fixtures.model("v1"), new Head.Dropped());
        assertThat(Checkpoint.read(folder.resolve("out")).config().hasClassifier())
                .isFalse();
        assertThat(folder.resolve("out/model.safetensors"))
                .hasSameBinaryContentAs(Fixtures.model("names/v1-huggingface-headless.safetensors"));
    }

    @Test
    void weightsThatAreNoNumbersAreCounted() {
        Path file = folder.resolve("diverged.safetensors");
        try (Safetensors whole = Safetensors.open(Fixtures.model("names/v1-timm.safetensors"))) {
            Map<String, Tensor> tensors = Models.copy(whole);
            tensors.get("stages.2.blocks.1.gamma").set(3, Double.NaN);
            tensors.get("head.fc.weight").set(0, Double.NEGATIVE_INFINITY);
            tensors.get("head.fc.weight").set(7, Double.NaN);
            SafetensorsWriter.write(file, tensors, Map.of());
        }
        assertThat(run(file, new Head.Kept()).report())
                .contains("Warning: of its 12759 weights 2 are NaN and 1 infinite, the first in"
                        + " convnext.encoder.stages.2.layers.1.layer_scale_parameter; they are imported as they are, and"
                        + " what depends on them is no number");
        assertThat(run(file, new Head.Dropped()).report())
                .anyMatch(s -> s.contains("weights 1 are NaN and 0 infinite"));
    }

    @Test
    void aCheckpointIsReplacedAndNothingElse() throws IOException {
        Path out = folder.resolve("out");
        run(Fixtures.model("v1"), new Head.Kept());
        assertThat(run(Fixtures.model("v2"), new Head.Kept()).report().getLast())
                .endsWith("as F32, in place of the checkpoint that was there");
        assertThatThrownBy(() -> run(out, new Head.Dropped()))
                .isInstanceOf(InputException.class)
                .hasMessage(out + " is the folder that is read; choose another with --out");
        Files.writeString(out.resolve("thesis.txt"), "precious");
        assertThatThrownBy(() -> run(Fixtures.model("v1"), new Head.Kept()))
                .isInstanceOf(InputException.class)
                .hasMessage(
                        out + " holds thesis.txt, which is no part of a checkpoint; choose a new or empty folder with"
                                + " --out");
        assertThat(Checkpoint.read(out).config().version().name()).isEqualTo("V2");
    }

    @Test
    void aModelThatCannotBeReadLeavesNothing() {
        assertThatThrownBy(() -> run(Fixtures.model("torch/namespace.pth"), new Head.Kept()))
                .isInstanceOf(InputException.class);
        assertThatThrownBy(() -> run(Fixtures.model("v1"), new Head.Renamed(Path.of("names.txt"), List.of("a"))))
                .hasMessage("names.txt has 1 class name, but the model has 5 classes; give one for each");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ring\\nbarrel, small\\nzwölf\\n             | ring;barrel, small;zwölf
            \\n\\n                                      |
            ["ring", "barrel"]                        | ring;barrel
            {"1": "barrel", "0": "ring"}              | ring;barrel
            {"model_type": "x", "id2label": {"0": "r"}} | r
            """)
    void namesAreReadFromTextAndJson(String text, String names) throws IOException {
        Path file = Files.writeString(folder.resolve("names"), text.replace("\\n", "\n"));
        if (names == null) {
            assertThatThrownBy(() -> LabelFile.read(file)).hasMessageContaining("has 0 class names, expected 1 to");
        } else {
            assertThat(LabelFile.read(file)).containsExactly(names.split(";"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ring\\n\\nbarrel               | line 2 is empty, expected a class name
            ["ring", 5]                  | class 1 is 5, expected a name
            {"0": "ring", "2": "barrel"} | id2label is 2 names with numbers up to 2, expected one for each of the 2 classes
            {"ring": 0}                  | id2label.ring is 0, expected class names under their numbers
            ["ring"                      | is not valid JSON at line 1
            []                           | has 0 class names, expected 1 to 1048576, one a line or as JSON
            """)
    void namesWhatIsWrongWithNames(String text, String message) throws IOException {
        Path file = Files.writeString(folder.resolve("names"), text.replace("\\n", "\n"));
        assertThatThrownBy(() -> LabelFile.read(file))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(message);
    }
}
