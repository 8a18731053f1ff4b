package org.cryonext.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JvmOptionsTest {
    /** A wrong compile command keeps the machine from starting, and a right one must not be spoken of. */
    @Test
    void aMachineTakesThemAllAndIsSilent(@TempDir Path folder) throws IOException, InterruptedException {
        Path archive = Files.writeString(folder.resolve("cryonext.jsa"), "not an archive");
        String classPath = folder.resolve("cryonext.jar") + File.pathSeparator + System.getProperty("java.class.path");
        List<String> options = JvmOptions.of(classPath);
        assertThat(options).contains("-XX:SharedArchiveFile=" + archive);

        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, Silent.class.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        assertThat(process.getInputStream().readAllBytes())
                .asString()
                .isEqualToIgnoringNewLines("WARNING: Using incubator modules: jdk.incubator.vector");
        assertThat(process.waitFor()).isZero();
    }

    /** Does nothing. */
    static final class Silent {
        static void main() {}
    }

    @Test
    void withoutAnArchiveNoneIsNamed(@TempDir Path folder) {
        assertThat(JvmOptions.of(folder.resolve("cryonext.jar").toString()))
                .noneMatch(option -> option.startsWith("-XX:SharedArchiveFile"));
    }
}
