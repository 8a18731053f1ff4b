package org.cryonext.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.cryonext.tools.Main;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands about cards on a machine without one: each in a process of its own, with an empty cache. */
final class DoctorCommandTest {
    @TempDir
    Path folder;

    private CommandRun run(List<String> options, String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(args));
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().put("CRYONEXT_CACHE", folder.resolve("cache").toString());
        builder.environment().put("CRYONEXT_MAVEN_CENTRAL", "http://127.0.0.1:1");
        Process process = builder.start();
        try {
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new CommandRun(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    /** Where there is no driver, whatever this machine has. */
    private List<String> withoutDriver() {
        return List.of("-Dcryonext.cuda.driver=" + folder.resolve("libcuda.so.1"));
    }

    @Test
    void aMachineWithoutACardIsFine() throws IOException, InterruptedException {
        CommandRun run = run(withoutDriver(), "doctor");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .containsPattern("driver +none in use: The system property cryonext.cuda.driver names")
                .containsPattern("cuBLAS +\\S")
                .containsPattern("cuDNN +\\S")
                .containsPattern("NVRTC +\\S")
                .containsPattern("processor +cpu: ")
                .containsPattern("cpu +\\d+: AdamW, ")
                .containsPattern("reference +\\d+: ");
    }

    @Test
    void aWrongCompilerIsAFindingAndAFailureWhereItIsNeeded() throws IOException, InterruptedException {
        Path none = folder.resolve("libnvrtc.so.12");
        List<String> options = new ArrayList<>(withoutDriver());
        options.add("-Dcryonext.nvrtc=" + none);
        CommandRun doctor = run(options, "doctor");
        assertThat(doctor.exitCode()).isZero();
        assertThat(doctor.out()).contains("The system property cryonext.nvrtc names " + none);
        CommandRun kernels =
                run(options, "kernels", "--out", folder.resolve("kernels").toString());
        assertThat(kernels.exitCode()).isEqualTo(1);
        assertThat(kernels.err()).contains("The system property cryonext.nvrtc names " + none);
    }

    @Test
    void aCardThatIsAskedForAndNotThereIsWrongUsage() throws IOException, InterruptedException {
        String model = Path.of("../models/src/test/resources/models/v1").toString();
        String reference = model + "/reference.safetensors";
        CommandRun cuda = run(withoutDriver(), "compare", model, reference, "--device", "cuda");
        assertThat(cuda.exitCode()).isEqualTo(2);
        assertThat(cuda.err()).contains("names " + folder.resolve("libcuda.so.1") + ", where there is no file");
        CommandRun auto = run(withoutDriver(), "compare", model, reference, "--device", "auto");
        assertThat(auto.exitCode()).as(auto.err()).isZero();
        assertThat(auto.err()).doesNotContain("card");
    }

    @Test
    void architecturesOfTheWrongFormAreWrongUsage() {
        assertThat(CommandRun.of("kernels", "--out", "x", "--arch", "90").exitCode())
                .isEqualTo(2);
        CommandRun jetson = CommandRun.of("kernels", "--out", "x", "--arch", "sm_90,sm_87");
        assertThat(jetson.exitCode()).isEqualTo(2);
        assertThat(jetson.err()).contains("sm_87 is the architecture of a Jetson or Drive board");
    }
}
