package org.cryonext.engine.backend.cuda.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process without a driver is told, and that it loads nothing of JCuda; each in a process of its own. */
final class CudaDriverMissingTest {
    @TempDir
    Path folder;

    /** Asks in every way, and prints what is answered. */
    public static final class Asker {
        private Asker() {}

        static void main() {
            System.out.println("missing: " + CudaDriver.missing().orElse("nothing"));
            try {
                CudaDriver.load();
                System.out.println("load: loaded");
            } catch (InputException e) {
                System.out.println("load: " + e.getMessage());
            }
        }
    }

    private String ask(String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-Xlog:class+load"));
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Asker.class.getName()));
        Path log = folder.resolve("log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        String text = Files.readString(log);
        assertThat(process.exitValue()).as(text).isZero();
        assertThat(text).doesNotContain(" jcuda.");
        return text;
    }

    @Test
    void aDriverThatIsNotThereIsNamed() throws IOException, InterruptedException {
        Path none = folder.resolve("libcuda.so.1");
        assertThat(ask("-Dcryonext.cuda.driver=" + none))
                .contains(
                        "missing: The system property cryonext.cuda.driver names " + none + ", where there is no file")
                .contains("load: The system property cryonext.cuda.driver names " + none);
    }

    @Test
    void aFileThatIsNoDriverIsNamed() throws IOException, InterruptedException {
        Path other = Files.writeString(folder.resolve("libcuda.so.1"), "no library");
        assertThat(ask("-Dcryonext.cuda.driver=" + other))
                .contains(
                        "load: " + other + ", which the system property cryonext.cuda.driver names, cannot be loaded");
    }

    @Test
    void otherSystemsAreToldWhatRunsThere() throws IOException, InterruptedException {
        assertThat(ask("-Dos.name=Mac OS X")).contains("load: CUDA runs on Linux and Windows only; use --device cpu");
        assertThat(ask("-Dos.arch=aarch64"))
                .contains("load: CUDA is supported on x86-64 processors only, this one is aarch64; use --device cpu");
    }
}
