package org.cryonext.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class CompareCommandTest {
    private static final Path MODELS = Path.of("../models/src/test/resources/models");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine line =
            CryonextCommand.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));

    @TempDir
    Path folder;

    private int compare(String model, String reference, String... options) {
        String[] args = new String[3 + options.length];
        args[0] = "compare";
        args[1] = MODELS.resolve(model).toString();
        args[2] = MODELS.resolve(reference).toString();
        System.arraycopy(options, 0, args, 3, options.length);
        return line.execute(args);
    }

    @Test
    void aModelPassesBesideItsOwnReference() {
        Path json = folder.resolve("result.json");
        assertThat(compare("v1", "v1/reference.safetensors", "--device", "reference", "--json", json.toString()))
                .as(err.toString())
                .isZero();
        assertThat(out.toString())
                .contains("logits", "pass", "tensors pass, on")
                .doesNotContain("FAIL");
        JsonNode result = JsonMapper.shared().readTree(json);
        assertThat(result.get("passed").asBoolean()).isTrue();
    }

    @Test
    void aToleranceThatIsTooTightFailsWithOne() {
        assertThat(compare("v1", "v1/reference.safetensors", "--forward-tolerance", "1e-12"))
                .isEqualTo(1);
        assertThat(out.toString()).contains("FAIL", "tensors fail, on");
    }

    @Test
    void aToleranceThatIsNoneIsWrongUsage() {
        assertThat(compare("v1", "v1/reference.safetensors", "--gradient-tolerance", "0"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("Tolerances must be positive", "Try 'cryonext compare --help'.");
        assertThat(compare("v1", "v1/reference.safetensors", "--device", "abacus"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("'--device'", "abacus");
    }

    @Test
    void aMissingFileIsNamed() {
        assertThat(compare("v1", "nowhere.safetensors")).isEqualTo(1);
        assertThat(err.toString()).contains("nowhere.safetensors").hasLineCount(1);
    }
}
