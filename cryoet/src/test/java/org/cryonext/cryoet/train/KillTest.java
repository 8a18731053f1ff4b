package org.cryonext.cryoet.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ends the process of a training by SIGKILL, in the middle of an epoch, and resumes what it left. */
final class KillTest {
    @TempDir
    private Path folder;

    @Test
    @Timeout(300)
    void aKilledRunResumesToTheSameBits() throws IOException, InterruptedException {
        Path data = TinyData.write(folder.resolve("data"), 3, 30);
        RunFolder killed = new RunFolder(folder.resolve("killed"));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules",
                        "jdk.incubator.vector",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledRun.class.getName(),
                        data.toString(),
                        killed.folder().toString(),
                        "2")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        try {
            // Ten steps and a line for the epoch make eleven lines; the third epoch is under way.
            while (process.isAlive() && lines(killed) < 27) {
                TimeUnit.MILLISECONDS.sleep(1);
            }
        } finally {
            process.destroyForcibly();
            process.waitFor();
        }
        assertThat(lines(killed)).as(Files.readString(folder.resolve("log"))).isGreaterThanOrEqualTo(27);
        assertThat(lines(killed)).as("killed before its end").isLessThan(12 * 11);

        RunFolder whole = train(KilledRun.options(data, folder.resolve("whole")));
        TrainOptions resume = new TrainOptions(data, killed.folder());
        resume.resume = true;
        train(resume);
        SameRuns.requireSameCheckpoints(killed, whole);
        assertThat(lines(killed)).isEqualTo(12 * 11);
    }

    private static RunFolder train(TrainOptions options) {
        try (Backend backend = new CpuBackend(1)) {
            return Trainer.run(options, Quiet.context(backend)).run();
        }
    }

    private static long lines(RunFolder run) throws IOException {
        if (!Files.exists(run.metrics())) {
            return 0;
        }
        return Files.readString(run.metrics()).chars().filter(c -> c == '\n').count();
    }
}
