package org.cryonext.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.cryonext.tools.Main;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

final class TrainInterruptTest {
    /** Nearly all of the time goes into steps before they are compiled, so these are few, and small. */
    private static final String[] SMALL = {
        "--recipe",
        "scratch",
        "--depths",
        "1,1,1,1",
        "--dims",
        "4,6,8,10",
        "--image-size",
        "32",
        "--batch",
        "4",
        "--epochs",
        "12"
    };

    /** What is the same to the last bit in equal runs. */
    private static final List<String> CHECKPOINTS =
            List.of("best/model.safetensors", "newest/model.safetensors", "newest/state.safetensors");

    @TempDir
    private Path folder;

    private Path data;

    @BeforeEach
    void simulate() {
        data = folder.resolve("data");
        CommandRun run =
                CommandRun.of("simulate", data, "--tomograms", 3, "--size", "64,64,64", "--particles", 12, "--seed", 3);
        assertThat(run.exitCode()).as(run.err()).isZero();
    }

    private CommandRun train(String out, Object... more) {
        List<Object> arguments = new ArrayList<>(List.of("train", data, "--out", folder.resolve(out)));
        arguments.addAll(List.of(more));
        return CommandRun.of(arguments.toArray());
    }

    /** SIGTERM takes the same way as Ctrl-C's SIGINT. */
    @Test
    @Timeout(600)
    void aRunThatIsInterruptedSaysHowToGoOnAndDoes() throws IOException, InterruptedException {
        Path out = folder.resolve("run");
        Path log = folder.resolve("log");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "train",
                data.toString(),
                "--out",
                out.toString()));
        command.addAll(List.of(SMALL));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            while (process.isAlive() && lines(out.resolve("metrics.jsonl")) < 6) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            process.destroy();
            assertThat(process.waitFor(200, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(Files.readString(log))
                .containsPattern("Stopped after step \\d+; continue with: cryonext train .* --resume");
        CommandRun resumed = train("run", "--resume");
        assertThat(resumed.exitCode()).as(resumed.err()).isZero();
        CommandRun whole = train("whole", (Object[]) SMALL);
        assertThat(whole.exitCode()).as(whole.err()).isZero();
        for (String checkpoint : CHECKPOINTS) {
            assertThat(Files.mismatch(
                            out.resolve(checkpoint), folder.resolve("whole").resolve(checkpoint)))
                    .as("first byte of %s that differs", checkpoint)
                    .isEqualTo(-1);
        }
    }

    private static long lines(Path file) throws IOException {
        return Files.exists(file)
                ? Files.readString(file).chars().filter(c -> c == '\n').count()
                : 0;
    }
}
