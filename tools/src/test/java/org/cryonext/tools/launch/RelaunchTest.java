package org.cryonext.tools.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RelaunchTest {
    /** Runs Main as {@code java -jar} does: no module added, no heap set. */
    private static LauncherCopy.Result runBare(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "org.cryonext.tools.Main"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        // The JVM speaks of options from there on standard error.
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes());
        String err = new String(process.getErrorStream().readAllBytes());
        return new LauncherCopy.Result(process.waitFor(), out, err);
    }

    @Test
    void startsAgainWithTheVectorApiAndPassesOutputAndExitCode() throws Exception {
        LauncherCopy.Result help = runBare();
        assertThat(help.exitCode()).isZero();
        assertThat(help.out()).contains("Usage: cryonext");
        assertThat(help.err()).isEmpty();
        LauncherCopy.Result wrong = runBare("--nonsense");
        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.err()).startsWith("Unknown option: '--nonsense'");
        // The cpu backend refuses a JVM without the vector module.
        LauncherCopy.Result bench =
                runBare("bench", "models", "--size", "atto", "--image-size", "32", "--batch", "1", "--seconds", "0.01");
        assertThat(bench.exitCode()).as(bench.err()).isZero();
    }

    @Test
    void temporaryFilesGoWhereTheFirstJvmOrTheSystemIsToldTo() {
        assertThat(Relaunch.temporary("/given", "/variable")).isEqualTo("/given");
        assertThat(Relaunch.temporary("/tmp", "/variable")).isEqualTo("/variable");
        assertThat(Relaunch.temporary("/tmp", null)).isEqualTo("/tmp");
        assertThat(Relaunch.command(RelaunchTest.class, new String[0]))
                .anyMatch(word -> word.startsWith("-Djava.io.tmpdir=/"));
    }

    @ParameterizedTest
    @CsvSource({
        "--memory 512m, -Xmx512m",
        "train --memory=1GiB x, -Xmx1g",
        "train --memory 40%, -XX:MaxRAMPercentage=40",
        "train --memory nonsense, -XX:MaxRAMPercentage=75",
        "train --memory, -XX:MaxRAMPercentage=75",
        "train -- --memory 512m, -XX:MaxRAMPercentage=75",
    })
    void takesTheHeapFromTheArguments(String arguments, String flag) {
        assertThat(Relaunch.command(RelaunchTest.class, arguments.split(" "))).contains(flag);
    }
}
