package org.cryonext.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class CompareCommandTest {
    private static final Path MODELS = Path.of("../models/src/test/resources/models");

    @TempDir
    Path folder;

    private static CommandRun compare(String model, String reference, Object... options) {
        Object[] args = new Object[3 + options.length];
        args[0] = "compare";
        args[1] = MODELS.resolve(model);
        args[2] = MODELS.resolve(reference);
        System.arraycopy(options, 0, args, 3, options.length);
        return CommandRun.of(args);
    }

    @Test
    void aModelPassesBesideItsOwnReference() {
        Path json = folder.resolve("result.json");
        CommandRun run = compare("v1", "v1/reference.safetensors", "--device", "reference", "--json", json);
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("logits", "pass", "tensors pass, on").doesNotContain("FAIL");
        JsonNode result = JsonMapper.shared().readTree(json);
        assertThat(result.get("passed").asBoolean()).isTrue();
    }

    @Test
    void aToleranceThatIsTooTightFailsWithOne() {
        CommandRun run = compare("v1", "v1/reference.safetensors", "--forward-tolerance", 1e-12);
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).contains("FAIL", "tensors fail, on");
    }

    @Test
    void aToleranceThatIsNoneIsWrongUsage() {
        CommandRun run = compare("v1", "v1/reference.safetensors", "--gradient-tolerance", 0);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("Tolerances must be positive", "Try 'cryonext compare --help'.");
    }

    @Test
    void anUnknownDeviceIsWrongUsage() {
        CommandRun run = compare("v1", "v1/reference.safetensors", "--device", "abacus");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("'--device'", "expected one of reference, ", "not 'abacus'");
    }

    @Test
    void aMissingFileIsNamed() {
        CommandRun run = compare("v1", "nowhere.safetensors");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("nowhere.safetensors").hasLineCount(1);
    }
}
