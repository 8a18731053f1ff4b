package org.cryonext.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.cryonext.engine.io.Safetensors;
import org.cryonext.engine.tensor.DType;
import org.cryonext.models.checkpoint.Checkpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ImportCommandTest {
    private static final Path MODELS = Path.of("../models/src/test/resources/models");

    @TempDir
    Path folder;

    private CommandRun run(String file, Object... options) {
        Object[] args = new Object[4 + options.length];
        args[0] = "import";
        args[1] = MODELS.resolve(file);
        args[2] = "--out";
        args[3] = folder.resolve("out");
        System.arraycopy(options, 0, args, 4, options.length);
        return CommandRun.of(args);
    }

    @Test
    void saysWhatItFoundAndWhatItDid() {
        CommandRun run = run("torch/v1-timm-module.pth", "--classes", 12, "--seed", 7, "--bf16");
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines())
                .containsExactly(
                        MODELS.resolve("torch/v1-timm-module.pth") + ": ConvNeXt V1, depths 1,1,2,1, dims 6,10,14,18, 5"
                                + " classes, names of timm, each behind \"module.\"",
                        "The weights are its entry \"state_dict\"; not used: arch, metric, step",
                        "No config.json of Hugging Face's: the architecture is what the tensors show, with exact GELU and"
                                + " epsilon 1.0E-6 in the last LayerNorm",
                        "Its classifier for 5 classes is replaced by a fresh one for 12, from seed 7",
                        "Written to " + folder.resolve("out") + " as BF16");
        assertThat(Checkpoint.read(folder.resolve("out")).config().classes()).isEqualTo(12);
        try (Safetensors file = Safetensors.open(folder.resolve("out/model.safetensors"))) {
            assertThat(file.types().values()).allMatch(type -> type.dtype() == DType.BF16);
        }
    }

    @Test
    void headsComeFromFilesOrGo() throws IOException {
        Path names = Files.writeString(folder.resolve("names.txt"), "ring\nbarrel\n");
        assertThat(run("sharded/v2", "--classes", names).exitCode()).isZero();
        assertThat(Checkpoint.read(folder.resolve("out")).config().labels()).containsExactly("ring", "barrel");
        assertThat(run("sharded/v2", "--drop-head", "--f16").exitCode()).isZero();
        assertThat(Checkpoint.read(folder.resolve("out")).config().hasClassifier())
                .isFalse();
        CommandRun few = run("sharded/v2", "--labels", names);
        assertThat(few.exitCode()).isEqualTo(1);
        assertThat(few.err()).contains(names + " has 2 class names, but the model has 5 classes; give one for each");
    }

    @Test
    void whatContradictsItselfIsWrongUsage() {
        assertWrong("Of --classes, --labels and --drop-head give one", "--classes", 3, "--drop-head");
        assertWrong("Of --f16 and --bf16 give one", "--f16", "--bf16");
        assertWrong("--classes is 0, expected 1 to 1048576", "--classes", 0);
        assertWrong("--classes is 99999999, expected 1 to 1048576", "--classes", 99999999);
        assertThat(folder.resolve("out")).doesNotExist();
    }

    private void assertWrong(String message, Object... options) {
        CommandRun run = run("v1", options);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(message, "Try 'cryonext import --help'.");
    }

    @Test
    void whatIsRefusedIsOneLine() {
        CommandRun run = run("torch/namespace.pth");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("its pickle names argparse.Namespace").hasLineCount(1);
        assertThat(folder.resolve("out")).doesNotExist();
    }
}
