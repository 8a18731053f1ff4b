package org.cryonext.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BenchCommandTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kernels --filter Nope      | No timing case contains \"Nope\"; the operators are AdamW",
                "kernels --threads 0        | expected a whole number of at least 1, not '0'",
                "models --batch 0           | expected a whole number of at least 1, not '0'",
                "models --batch x           | expected a whole number of at least 1, not 'x'",
                "models --image-size 31     | An image of 31 pixels is too small for convnext-tiny; it needs at least 32",
                "models --seconds 0         | measured for 0.0 seconds; expected more than 0",
                "models --size giant        | giant",
                "models --rounds 0          | expected a whole number of at least 1, not '0'",
                "train --peers              | --peers and --python belong together",
                "train --mode infer         | expected one of train_full, train_stage3, train_head, not 'infer'",
            })
    void wrongValuesAreWrongUsage(String arguments, String complaint) {
        CommandRun run = CommandRun.of((Object[]) ("bench " + arguments).split(" +"));
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(complaint, "Try 'cryonext bench ");
    }

    @Test
    void aTrainingIsARow() {
        CommandRun run = CommandRun.of(
                "bench",
                "train",
                "--size",
                "atto",
                "--variant",
                "v2",
                "--mode",
                "train_head",
                "--image-size",
                "32",
                "--batch",
                "2",
                "--threads",
                "1",
                "--quick",
                "--seconds",
                "0.01",
                "--json",
                folder.resolve("rows.json"));
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("convnextv2-atto train_head, batch 2, 1 thread\n", " images/s (", "cpu: ");
        assertThat(folder.resolve("rows.json")).content().contains("\"mode\" : \"train_head\"", "\"vector_bits\"");
    }

    @Test
    void aRooflineHasTheWorstNodesFirst() {
        CommandRun run = CommandRun.of(
                "roofline",
                "--size",
                "atto",
                "--variant",
                "v1",
                "--image-size",
                "32",
                "--batch",
                "1",
                "--threads",
                "1",
                "--runs",
                "1",
                "--rows",
                "3");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).startsWith("convnext-atto infer, batch 1: ").hasLineCount(5);
        CommandRun other = CommandRun.of("roofline", "--device", "reference");
        assertThat(other.exitCode()).isEqualTo(2);
        assertThat(other.err()).contains("expected one of cpu, t4, a100, rtx4090, h100, h200, not 'reference'");
    }

    @Test
    void kernelsAreATableOfGroups() {
        CommandRun run = CommandRun.of("bench", "kernels", "--quick", "--threads", "1", "--filter", "DropPath");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("Ceilings before: ", "GFLOP/s", "\nDropPath[", " %  seed 2\n");
        assertThat(run.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
    }
}
