package org.cryonext.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BenchCommandTest {
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
            })
    void wrongValuesAreWrongUsage(String arguments, String complaint) {
        CommandRun run = CommandRun.of((Object[]) ("bench " + arguments).split(" +"));
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(complaint, "Try 'cryonext bench ");
    }

    @Test
    void kernelsAreATableOfGroups() {
        CommandRun run = CommandRun.of("bench", "kernels", "--quick", "--threads", "1", "--filter", "DropPath");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("Ceilings before: ", "GFLOP/s", "\nDropPath[", " %  seed 2\n");
        assertThat(run.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
    }
}
