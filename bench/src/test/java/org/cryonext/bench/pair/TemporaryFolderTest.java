package org.cryonext.bench.pair;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class TemporaryFolderTest {
    private static void fill(Path folder) throws IOException {
        Files.createDirectory(folder.resolve("inner"));
        Files.writeString(folder.resolve("inner/file"), "x");
    }

    @Test
    void isGoneWhenItIsClosed() throws IOException {
        Path path;
        try (TemporaryFolder folder = TemporaryFolder.of("cryonext-test")) {
            path = folder.path();
            fill(path);
        }
        assertThat(path).doesNotExist();
    }

    /** A process of its own that waits to be stopped. */
    static final class Waiting {
        static void main(String[] args) throws IOException, InterruptedException {
            try (TemporaryFolder folder = TemporaryFolder.of("cryonext-test")) {
                fill(folder.path());
                System.out.println(folder.path());
                TimeUnit.MINUTES.sleep(1);
            }
        }
    }

    /** SIGTERM takes the same way as Ctrl-C's SIGINT. */
    @Test
    @Timeout(30)
    void isGoneWhenTheProcessIsStopped() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Waiting.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            Path path = Path.of(out.readLine());
            assertThat(path.resolve("inner/file")).exists();
            process.destroy();
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(path).doesNotExist();
        } finally {
            process.destroyForcibly();
        }
    }
}
