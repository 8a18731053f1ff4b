package org.cryonext.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ExportCommandTest {
    private static final Path MODEL = Path.of("../models/src/test/resources/models/v2");

    @TempDir
    Path folder;

    @Test
    void aFileIsWrittenAndNamed() {
        Path file = folder.resolve("network.onnx");
        CommandRun run = CommandRun.of("export", MODEL, "--out", file, "--opset", 20, "--f16", "--dynamic");
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("ConvNeXt V2, depths 1,1,2,1", file + "  0.");
        assertThat(file).isNotEmptyFile();
    }

    @Test
    void anOnnxFileIsExportedAgain() throws IOException {
        Path first = folder.resolve("first.onnx");
        assertThat(CommandRun.of("export", MODEL, "--out", first, "--opset", 20).exitCode())
                .isZero();
        Path second = folder.resolve("second.onnx");
        CommandRun run = CommandRun.of("export", first, "--out", second);
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("ConvNeXt V2, depths 1,1,2,1", second + "  0.");
        assertThat(Files.size(second)).isGreaterThan(10_000);
    }

    @Test
    void safetensorsMayBeAFolder() {
        CommandRun run = CommandRun.of("export", MODEL, "--format", "safetensors", "--out", folder.resolve("weights"));
        assertThat(run.exitCode()).isZero();
        assertThat(folder.resolve("weights/model.safetensors")).isNotEmptyFile();
    }

    @Test
    void anUnknownFormatIsWrongUsage() {
        CommandRun run = CommandRun.of("export", MODEL, "--format", "tflite", "--out", folder.resolve("x"));
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("'--format'", "expected one of onnx, safetensors, not 'tflite'");
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 21})
    void anOpsetOutOfRangeIsWrongUsage(int opset) {
        CommandRun run = CommandRun.of("export", MODEL, "--out", folder.resolve("x.onnx"), "--opset", opset);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("--opset is " + opset + ", expected 17 to 20", "Try 'cryonext export --help'.");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void whatIsNoRunFails() {
        CommandRun run = CommandRun.of("export", folder, "--out", folder.resolve("x.onnx"));
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("is neither the folder of a run").hasLineCount(1);
    }
}
