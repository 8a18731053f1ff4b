package org.cryonext.tools.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.cryonext.tools.launch.LauncherCopy.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Runs the launcher with the true builder and a Maven that only copies a jar. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "only the launcher builds this way, and it is a shell script")
final class AppBuildTest {
    private static final Path BUILDER = Path.of("src/main/java/org/cryonext/tools/launch/AppBuild.java");

    @TempDir
    Path folder;

    private LauncherCopy project;
    private Path apps;

    @BeforeEach
    void copy() throws IOException {
        project = new LauncherCopy(folder.resolve("a project"));
        apps = project.root.resolve(".cryonext/app");
        Path builder = project.root.resolve("tools").resolve(BUILDER);
        Files.createDirectories(builder.getParent());
        Files.copy(BUILDER, builder);

        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, "lib/one.jar lib/two.jar");
        Path target = project.root.resolve("tools/target");
        Files.createDirectories(target.resolve("lib"));
        try (OutputStream out = Files.newOutputStream(target.resolve("cryonext.jar"))) {
            new JarOutputStream(out, manifest).close();
        }
        for (String library : List.of("one.jar", "two.jar", "left-over.jar")) {
            Files.createFile(target.resolve("lib").resolve(library));
        }
        maven("sleep 0.3");
    }

    /** Maven's part of a build, counting its calls. */
    private void maven(String body) throws IOException {
        LauncherCopy.script(project.root.resolve("mvnw"), "echo \"$@\" >>calls\n" + body);
    }

    private List<String> mavenCalls() throws IOException {
        return Files.readAllLines(project.root.resolve("calls"));
    }

    private Result launch() {
        return project.run(Map.of("JAVA25_HOME", System.getProperty("java.home")), "cryonext", "--version");
    }

    @Test
    void buildsOnceAndKeepsWhatTheManifestNames() throws IOException {
        Result first = launch();
        assertThat(first.err()).startsWith("Building CryoNeXt for the first time (about a minute) ...\n");
        launch();
        assertThat(mavenCalls()).containsExactly("--batch-mode -pl tools -am -Dmaven.test.skip=true package");
        Path app = apps.resolve(Files.readString(apps.resolve("current")).strip());
        try (Stream<Path> files = Files.list(app.resolve("lib"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("one.jar", "two.jar");
        }
        assertThat(app.resolve("jvm.options")).hasSameTextualContentAs(project.root.resolve(LauncherCopy.OPTIONS));
    }

    /** The jar of these tests has no classes. */
    @Test
    void aBuildWhoseClassesCannotBeArchivedIsUsedAllTheSame() throws IOException {
        Result result = launch();
        assertThat(result.err())
                .contains("its classes could not be archived; the reason is at the end of "
                        + project.root.resolve(".cryonext/build.log"));
        assertThat(project.root.resolve(".cryonext/build.log"))
                .content()
                .contains("Could not find or load main class org.cryonext.tools.Rehearsal");
        assertThat(apps.resolve("current")).exists();
    }

    @Test
    void buildsOnceForTwoCallsAtATime() throws Exception {
        List<Callable<Result>> calls = List.of(this::launch, this::launch);
        List<Result> results = new ArrayList<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(2)) {
            for (Future<Result> result : pool.invokeAll(calls)) {
                results.add(result.get());
            }
        }
        assertThat(mavenCalls()).hasSize(1);
        // The other either waited or came when all was done.
        assertThat(results.stream().map(Result::err).filter(err -> err.contains("Building CryoNeXt")))
                .hasSize(1);
        assertThat(results).extracting(Result::err).noneMatch(err -> err.contains("could not be built"));
    }

    @Test
    void aFailedBuildShowsMavensErrorsAndRunsNothing() throws IOException {
        maven("echo '[INFO] chatter'; echo '[ERROR] A.java:[3,1] not a statement'; exit 1");
        Result result = launch();
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err())
                .contains("[ERROR] A.java:[3,1] not a statement")
                .contains(
                        "could not be built; all that Maven said is in " + project.root.resolve(".cryonext/build.log"))
                .doesNotContain("chatter");
        assertThat(result.out()).isEmpty();
        assertThat(apps.resolve("current")).doesNotExist();
    }

    @Test
    void aSourceChangedDuringTheBuildIsBuiltAgain() throws IOException {
        maven("touch engine/src/main/java/New.java; sleep 0.1");
        launch();
        maven("exit 0");
        launch();
        assertThat(mavenCalls()).hasSize(2);
    }

    @Test
    void oldBuildsGoAndYoungOnesStay() throws IOException {
        Path old = Files.createDirectories(apps.resolve("1/lib")).getParent();
        Files.createFile(old.resolve("cryonext.jar"));
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(40))));
        Path young = Files.createDirectories(apps.resolve("2"));
        launch();
        assertThat(old).doesNotExist();
        assertThat(young).exists();
    }
}
