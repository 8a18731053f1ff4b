package org.cryonext.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.cryonext.engine.io.Safetensors;
import org.cryonext.engine.io.SafetensorsWriter;
import org.cryonext.models.checkpoint.Checkpoint;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that take a model take an ONNX file of PyTorch's exporters. */
final class OnnxModelTest {
    private static final Path ARCHIVE = Path.of("../models/src/test/resources/onnx/exports.zip");
    private static final String NAME = "huggingface-v2-opset17";

    @TempDir
    Path folder;

    private Path model;

    @BeforeEach
    void unpack() throws IOException {
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(ARCHIVE))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (entry.getName()
                        .matches(NAME + ".onnx|variant-dilated.onnx|inputs.safetensors|expected.safetensors")) {
                    Files.copy(zip, folder.resolve(entry.getName()));
                }
            }
        }
        model = folder.resolve(NAME + ".onnx");
    }

    /** PyTorch's logits, as {@code compare} takes them. */
    private Path reference() {
        Path file = folder.resolve("reference.safetensors");
        try (Safetensors images = Safetensors.open(folder.resolve("inputs.safetensors"));
                Safetensors expected = Safetensors.open(folder.resolve("expected.safetensors"))) {
            SafetensorsWriter.write(
                    file, Map.of("x", images.tensor("odd"), "logits", expected.tensor(NAME + "/logits")), Map.of());
        }
        return file;
    }

    @Test
    void importMakesACheckpointOfItAndSaysHowItWasProved() {
        Path out = folder.resolve("out");
        CommandRun run = CommandRun.of("import", model, "--out", out);
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains(
                        model
                                + ": ConvNeXt V2, depths 1,1,2,1, dims 5,6,7,9, 4 classes, found in an ONNX graph by pytorch",
                        "On 1 random image of 65 x 97 the file's own graph and the rebuilt ConvNeXt differ by ",
                        "Written to " + out + " as F32");
        assertThat(Checkpoint.read(out).config().headEpsilon()).isEqualTo(1e-12);
        assertThat(CommandRun.of("compare", out, reference()).exitCode()).isZero();
    }

    @Test
    void compareTakesItAsItIs() {
        CommandRun run = CommandRun.of("compare", model, reference(), "--device", "reference");
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("found in an ONNX graph", "logits", "All 1 tensors pass");
    }

    @Test
    void whatIsNoConvNextIsOneLineAndLeavesNothing() {
        Path out = folder.resolve("out");
        CommandRun run = CommandRun.of("import", folder.resolve("variant-dilated.onnx"), "--out", out);
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .contains("node /stages.0/stages.0.0/dwconv/Conv (Convolution) has dilation [2, 2], expected 1")
                .hasLineCount(1);
        assertThat(out).doesNotExist();
    }
}
