package org.cryonext.tools.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.cryonext.tools.launch.LauncherCopy.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a shell script; Windows uses java -jar")
final class LauncherTest {
    @TempDir
    Path folder;

    private LauncherCopy project;
    private Path jdk;

    @BeforeEach
    void copy() throws IOException {
        project = new LauncherCopy(folder.resolve("a project"));
        jdk = LauncherCopy.jdk(folder.resolve("a jdk"), "25.0.3", 0);
    }

    private Result run(String... arguments) {
        return project.run(Map.of("JAVA25_HOME", jdk.toString()), "cryonext", arguments);
    }

    @Test
    void passesArgumentsAsTheyAre() throws IOException {
        Path app = project.build("1");
        Result result = run("train", "my data", "", "--out=*", "a'b\"c");
        assertThat(result.exitCode()).isZero();
        assertThat(result.out().lines())
                .contains("@" + app.resolve("jvm.options"))
                .contains("-XX:SharedArchiveFile=" + app.resolve("cryonext.jsa"))
                .containsSubsequence(
                        "-jar", app.resolve("cryonext.jar").toString(), "train", "my data", "", "--out=*", "a'b\"c");
    }

    @Test
    void temporaryFilesGoWhereTheSystemIsToldTo() throws IOException {
        project.build("1");
        assertThat(run("train").out().lines()).contains("-Djava.io.tmpdir=/tmp");
        Map<String, String> environment = Map.of("JAVA25_HOME", jdk.toString(), "TMPDIR", "/big disk/tmp");
        assertThat(project.run(environment, "cryonext", "train").out().lines())
                .contains("-Djava.io.tmpdir=/big disk/tmp");
    }

    @Test
    void passesTheExitCode() throws IOException {
        project.build("1");
        Path failing = LauncherCopy.jdk(folder.resolve("failing"), "25", 2);
        assertThat(project.run(Map.of("JAVA25_HOME", failing.toString()), "cryonext")
                        .exitCode())
                .isEqualTo(2);
    }

    @Test
    void worksThroughSymbolicLinksFromElsewhere() throws IOException {
        Path app = project.build("1");
        Path relative = Files.createSymbolicLink(folder.resolve("relative"), Path.of("a project/cryonext"));
        Path link = Files.createSymbolicLink(
                Files.createDirectory(folder.resolve("bin")).resolve("cryonext"), Path.of("../relative"));
        assertThat(relative).exists();
        Result result = LauncherCopy.start(Map.of("JAVA25_HOME", jdk.toString()), link, "--version");
        assertThat(result.out()).contains(app.resolve("cryonext.jar").toString());
    }

    @ParameterizedTest
    @CsvSource({
        "4g, -Xmx4g",
        "4GiB, -Xmx4g",
        "4GB, -Xmx4g",
        "4096m, -Xmx4096m",
        "256MiB, -Xmx256m",
        "50%, -XX:MaxRAMPercentage=50",
        "100%, -XX:MaxRAMPercentage=100",
        // Not understood: the command line proper complains.
        "101%, -XX:MaxRAMPercentage=75",
        "255m, -XX:MaxRAMPercentage=75",
        "0g, -XX:MaxRAMPercentage=75",
        "1.5g, -XX:MaxRAMPercentage=75",
        "g, -XX:MaxRAMPercentage=75",
        "4, -XX:MaxRAMPercentage=75",
        "99999999999g, -XX:MaxRAMPercentage=75",
    })
    void turnsMemoryIntoTheHeap(String memory, String flag) throws IOException {
        project.build("1");
        assertThat(heap(run("train", "--memory", memory))).containsExactly(flag);
        assertThat(heap(run("train", "--memory=" + memory))).containsExactly(flag);
    }

    private static List<String> heap(Result result) {
        return result.out()
                .lines()
                .filter(line -> line.startsWith("-Xmx") || line.contains("RAMPercentage"))
                .toList();
    }

    @Test
    void takesThreeQuartersOfTheMemoryByDefault() throws IOException {
        project.build("1");
        assertThat(heap(run("train"))).containsExactly("-XX:MaxRAMPercentage=75");
        assertThat(heap(run("train", "--", "--memory", "4g"))).containsExactly("-XX:MaxRAMPercentage=75");
    }

    @Test
    void leavesTheHeapOfAnImportFromOnnxToJava() throws IOException {
        Path app = project.build("1");
        LauncherCopy.script(
                jdk.resolve("bin/java"),
                "case $* in *ImportHeap*) printf '%s\\n' \"$@\" >\"$CALLED\"; echo -Xmx1394m ;; *) printf '%s\\n' \"$@\" ;; esac");
        Path called = folder.resolve("called");
        Map<String, String> environment = Map.of("JAVA25_HOME", jdk.toString(), "CALLED", called.toString());
        String[] words = {"import", "my model.onnx", "--out", "x"};
        assertThat(heap(project.run(environment, "cryonext", words))).containsExactly("-Xmx1394m");
        assertThat(Files.readAllLines(called))
                .containsSubsequence("-cp", app.resolve("cryonext.jar").toString())
                .endsWith("org.cryonext.tools.launch.ImportHeap", "import", "my model.onnx", "--out", "x");
        Files.delete(called);
        for (String other : List.of("import a.onnx --memory 2g", "import a.onnx --memory=2g")) {
            assertThat(heap(project.run(environment, "cryonext", other.split(" "))))
                    .containsExactly("-Xmx2g");
        }
        for (String other : List.of("import a.pth", "compare a.onnx b", "import -- a.onnx")) {
            assertThat(heap(project.run(environment, "cryonext", other.split(" "))))
                    .containsExactly("-XX:MaxRAMPercentage=75");
        }
        assertThat(called).doesNotExist();
    }

    @Test
    void anImportGetsTheUsualHeapWhereJavaCannotTell() throws IOException {
        project.build("1");
        LauncherCopy.script(
                jdk.resolve("bin/java"), "case $* in *ImportHeap*) exit 1 ;; *) printf '%s\\n' \"$@\" ;; esac");
        assertThat(heap(run("import", "a.onnx"))).containsExactly("-XX:MaxRAMPercentage=75");
    }

    @Test
    void complainsAboutAWrongJava25Home() throws IOException {
        Path old = LauncherCopy.jdk(folder.resolve("old"), "17.0.2", 0);
        for (String script : List.of("cryonext", "mvnw")) {
            Result result = project.run(Map.of("JAVA25_HOME", old.toString()), script);
            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.err())
                    .isEqualToIgnoringNewLines(
                            "JAVA25_HOME is " + old
                                    + ", which is not a JDK 25 (its file 'release' does not say so): set it to the folder of one, or unset it to have one looked for.");
        }
    }

    @Test
    void saysHowToGetAJdkWhereThereIsNone() throws IOException {
        Path old = LauncherCopy.jdk(folder.resolve("jdks/17"), "17.0.2", 0);
        for (String script : List.of("cryonext", "mvnw")) {
            Result result = project.run(
                    Map.of(
                            "JAVA_HOME",
                            old.toString(),
                            "CRYONEXT_JDK_FOLDER",
                            old.getParent().toString()),
                    script);
            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.err())
                    .hasLineCount(1)
                    .startsWith("CryoNeXt needs JDK 25 and none was found")
                    .contains("https://adoptium.net", "JAVA25_HOME");
        }
    }

    @Test
    void findsTheJdkInEveryPlace() throws IOException {
        project.build("1");
        Path link = Files.createSymbolicLink(
                Files.createDirectory(folder.resolve("bin")).resolve("javac"), jdk.resolve("bin/javac"));
        Path folderOfJdks = Files.createDirectory(folder.resolve("jdks"));
        LauncherCopy.jdk(folderOfJdks.resolve("jdk 21"), "21.0.1", 0);
        LauncherCopy.jdk(folderOfJdks.resolve("jdk 25"), "25", 0);
        for (Map<String, String> environment : List.of(
                Map.of("JAVA_HOME", jdk.toString()),
                Map.of("PATH", link.getParent() + ":/usr/bin:/bin"),
                Map.of("CRYONEXT_JDK_FOLDER", folderOfJdks.toString()))) {
            Result result = project.run(environment, "cryonext", "x");
            assertThat(result.err()).as(environment.toString()).isEmpty();
            assertThat(result.exitCode()).isZero();
        }
    }

    @Test
    void saysWhenThereIsNoMaven() throws IOException {
        Path bare = Files.createDirectory(folder.resolve("bare"));
        Result result = project.run(Map.of("JAVA25_HOME", jdk.toString(), "PATH", bare.toString()), "mvnw", "verify");
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).hasLineCount(1).contains("needs Maven 3.6.3 or newer and there is no 'mvn' in PATH");
    }

    @ParameterizedTest
    @CsvSource({"3.6.3, false", "3.8.7, false", "3.9.11, false", "4.0.0, false", "3.6.1, true", "3.3.9, true"})
    void fetchesANewerMavenOnlyWhereItMust(String version, boolean fetched) throws IOException {
        Path bin = folder.resolve("bin");
        LauncherCopy.script(
                bin.resolve("mvn"),
                "case $1 in -v) echo 'Apache Maven " + version + " (x)' ;; *) echo \"$JAVA_HOME: $*\" ;; esac");
        LauncherCopy.script(project.root.resolve(".cryonext/apache-maven-3.9.11/bin/mvn"), "echo newer $*");
        Result result = project.run(
                Map.of("JAVA25_HOME", jdk.toString(), "PATH", bin + ":/usr/bin:/bin"), "mvnw", "verify", "-q");
        assertThat(result.out().strip()).isEqualTo(fetched ? "newer verify -q" : jdk + ": verify -q");
    }

    @Test
    void buildsWhereThereIsNoBuildOrASourceIsNewer() throws IOException {
        // The JDK of this test does not build: the launcher calls it with the builder, and then finds nothing to run.
        Result first = run("--version");
        assertThat(first.exitCode()).isEqualTo(1);
        assertThat(first.out().lines())
                .containsExactly(
                        project.root
                                .resolve("tools/src/main/java/org/cryonext/tools/launch/AppBuild.java")
                                .toString(),
                        project.root.toString(),
                        "",
                        "plain");

        project.build("7");
        assertThat(run("--version").out()).doesNotContain("AppBuild");
        Path source = Files.createFile(project.root.resolve("engine/src/main/java/A.java"));
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(5)));
        assertThat(run("--version").out().lines())
                .contains("7", "plain")
                .anyMatch(line -> line.endsWith("AppBuild.java"));
    }

    @Test
    void hidesOnlyTheIncubatorWarning() throws IOException {
        project.build("1");
        LauncherCopy.script(jdk.resolve("bin/java"), "echo WARNING >&2; echo true error >&3");
        Result result = run("--version");
        assertThat(result.err().strip()).isEqualTo("true error");
    }

    @Test
    void showsTheJvmsComplaintsAboutOptionsFromTheEnvironment() throws IOException {
        project.build("1");
        LauncherCopy.script(jdk.resolve("bin/java"), "echo Unrecognized option: -foo >&2; exit 1");
        Result result = project.run(
                Map.of("JAVA25_HOME", jdk.toString(), "JAVA_TOOL_OPTIONS", "-foo"), "cryonext", "--version");
        assertThat(result.err()).contains("Unrecognized option: -foo");
    }
}
