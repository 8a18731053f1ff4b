package org.cryonext.cryoet.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.cryoet.run.TinyRun;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.engine.io.Safetensors;
import org.cryonext.engine.tensor.DType;
import org.cryonext.models.checkpoint.Checkpoint;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ExporterTest {
    private static final List<String> CLASSES = List.of("1bxn", "4cr2");

    @TempDir
    Path folder;

    private Path run;

    @BeforeEach
    void makeRun() {
        run = TinyRun.write(folder.resolve("run"), folder, CLASSES);
    }

    private static List<Path> export(Path source, Path out, boolean dynamic, boolean single, boolean slices) {
        return Exporter.run(
                        new ExportSettings(source, null, out, null, false, dynamic, single, slices), Progress.none())
                .files();
    }

    private static String value(ValueInfoProto info) {
        return info.getName() + " "
                + info.getType().getTensorType().getShape().getDimList().stream()
                        .map(ExporterTest::dim)
                        .collect(Collectors.joining(","));
    }

    private static String dim(Dimension dim) {
        return dim.hasDimParam() ? dim.getDimParam() : String.valueOf(dim.getDimValue());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    false | false | false | images 1,3,3,32,32              | logits 1,2; probabilities 1,2
                    true  | false | false | images batch,3,3,height,width   | logits batch,2; probabilities batch,2
                    false | true  | false | images 1,3,32,32                | logits 1,2
                    true  | true  | false | images batch,3,height,width     | logits batch,2
                    false | false | true  | slices 1,3,48,48                | logits 1,2; probabilities 1,2
                    true  | false | true  | slices batch,3,48,48            | logits batch,2; probabilities batch,2
                    true  | true  | true  | slices batch,48,48              | logits batch,2
                    """)
    void inputsAndOutputsAreWhatTheOptionsSay(
            boolean dynamic, boolean single, boolean slices, String input, String outputs) throws IOException {
        Path file = folder.resolve("new/deep/network.onnx");
        assertThat(export(run, file, dynamic, single, slices)).containsExactly(file);
        ModelProto model = ModelProto.parseFrom(Files.readAllBytes(file));
        assertThat(model.getGraph().getInputList().stream().map(ExporterTest::value))
                .containsExactly(input);
        assertThat(model.getGraph().getOutputList().stream().map(ExporterTest::value))
                .containsExactly(outputs.split("; "));
    }

    @Test
    void aCheckpointIsExportedForSingleImages() throws IOException {
        Path file = folder.resolve("network.onnx");
        export(new RunFolder(run).best(), file, false, false, false);
        ModelProto model = ModelProto.parseFrom(Files.readAllBytes(file));
        assertThat(model.getGraph().getInputList().stream().map(ExporterTest::value))
                .containsExactly("images 1,3,32,32");
    }

    @Test
    void aCheckpointWithoutAClassifierGivesFeatures() throws IOException {
        Checkpoint best = new RunFolder(run).bestCheckpoint();
        Path features = folder.resolve("features");
        Checkpoint.fresh(best.config().withLabels(List.of()), best.preprocessing(), 1)
                .write(features);
        Path file = folder.resolve("network.onnx");
        export(features, file, true, false, false);
        ModelProto model = ModelProto.parseFrom(Files.readAllBytes(file));
        assertThat(model.getGraph().getOutputList().stream().map(ExporterTest::value))
                .containsExactly("pooled batch,16");
    }

    @Test
    void safetensorsHoldTheSameCheckpoint() {
        Checkpoint best = new RunFolder(run).bestCheckpoint();
        Path file = folder.resolve("weights.safetensors");
        assertThat(export(run, file, false, false, false)).containsExactly(file);
        Checkpoint read = Checkpoint.read(file);
        assertThat(read.parameters().keySet()).isEqualTo(best.parameters().keySet());
        best.parameters()
                .forEach(
                        (name, tensor) -> assertThat(read.parameters().get(name).toFloats())
                                .as(name)
                                .isEqualTo(tensor.toFloats()));
        try (Safetensors tensors = Safetensors.open(file)) {
            assertThat(tensors.metadata())
                    .containsEntry("format", "pt")
                    .containsEntry("cryonext.labels", "[\"1bxn\",\"4cr2\"]")
                    .containsEntry("cryonext.fusion", "logits")
                    .containsKeys("cryonext.config", "cryonext.preprocessor", "cryonext.views");
        }
    }

    @Test
    void safetensorsInHalfPrecisionMayBeAFolder() {
        Path out = folder.resolve("checkpoint");
        Exporter.run(
                new ExportSettings(run, Format.SAFETENSORS, out, null, true, false, false, false), Progress.none());
        assertThat(Checkpoint.read(out).config().labels()).isEqualTo(CLASSES);
        try (Safetensors tensors = Safetensors.open(out.resolve(Checkpoint.WEIGHTS))) {
            assertThat(tensors.types().values()).allMatch(type -> type.dtype() == DType.F16);
        }
    }

    @Test
    void whatIsNoRunIsNamed() {
        Path out = folder.resolve("network.onnx");
        Path empty = folder.resolve("empty");
        assertThat(empty.toFile().mkdir()).isTrue();
        assertThatThrownBy(() -> export(empty, out, false, false, false))
                .isInstanceOf(InputException.class)
                .hasMessage(empty + " is neither the folder of a run (it has no run.json) nor a checkpoint (it has no"
                        + " model.safetensors); give the folder that cryonext train made with --out");
        Path nowhere = folder.resolve("nowhere");
        assertThatThrownBy(() -> export(nowhere, out, false, false, false))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(nowhere.toString());
        assertThatThrownBy(() -> export(new RunFolder(run).best(), out, false, false, true))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("--preprocess needs the folder of a run")
                .hasMessageContaining(run.resolve("best").toString());
        assertThat(out).doesNotExist();
    }

    @Test
    void whereNothingCanBeWrittenIsNamed() throws IOException {
        assertThatThrownBy(() -> export(run, Files.createDirectory(folder.resolve("taken.onnx")), false, false, false))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("taken.onnx is a folder; give the name of a file");
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThatThrownBy(() -> export(run, file.resolve("network.onnx"), false, false, false))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("Cannot write " + file.resolve("network.onnx"));
        // The JDK's own modules are a folder that nobody may write to, whoever runs the test.
        Path readOnly = Path.of(URI.create("jrt:/java.base/java"));
        assertThatThrownBy(() -> export(run, readOnly.resolve("network.onnx"), false, false, false))
                .isInstanceOf(InputException.class)
                .hasMessage("Cannot write " + readOnly.resolve("network.onnx")
                        + ": the file system is read-only; choose another folder");
    }

    @Test
    void optionsOfOnnxAreNotIgnoredForSafetensors() {
        assertThatThrownBy(() -> new ExportSettings(
                        run, null, folder.resolve("weights.safetensors"), null, false, true, false, false))
                .isInstanceOf(InputException.class)
                .hasMessage("--dynamic belongs to --format onnx; a safetensors file holds the weights alone");
        assertThatThrownBy(() ->
                        new ExportSettings(run, null, folder.resolve("weights.bin"), null, false, false, false, false))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("ends in neither .onnx nor .safetensors; say which it is with --format");
    }
}
