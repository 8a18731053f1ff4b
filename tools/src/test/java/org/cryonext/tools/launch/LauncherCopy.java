package org.cryonext.tools.launch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A copy of the project's scripts in a folder of its own, with JDKs and a Maven that only say how they were called: what
 * is tested is what the scripts decide.
 */
final class LauncherCopy {
    private static final Path PROJECT = Path.of("").toAbsolutePath().getParent();

    /** What the real JVM of a build is started with. */
    static final String OPTIONS = "engine/src/main/resources/org/cryonext/engine/jvm.options";

    final Path root;

    /** Copies the scripts and lays an empty source tree. */
    LauncherCopy(Path root) throws IOException {
        this.root = root;
        for (String script : List.of("cryonext", "mvnw", ".mvn/jdk25.sh", OPTIONS)) {
            Path copy = root.resolve(script);
            Files.createDirectories(copy.getParent());
            Files.copy(PROJECT.resolve(script), copy);
        }
        Files.writeString(root.resolve("pom.xml"), "<project/>");
        Files.createDirectories(root.resolve("engine/src/main/java"));
        Files.writeString(root.resolve("engine/pom.xml"), "<project/>");
    }

    /** A JDK whose java prints its arguments, one in a line, and exits with {@code exitCode}. */
    static Path jdk(Path folder, String version, int exitCode) throws IOException {
        Files.createDirectories(folder.resolve("bin"));
        Files.writeString(folder.resolve("release"), "IMPLEMENTOR=\"Nobody\"\nJAVA_VERSION=\"" + version + "\"\n");
        script(folder.resolve("bin/java"), "printf '%s\\n' \"$@\"\nexit " + exitCode);
        script(folder.resolve("bin/javac"), "exit 0");
        return folder;
    }

    static Path script(Path file, String body) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** A finished build, newer than all sources. */
    Path build(String name) throws IOException {
        Path app = root.resolve(".cryonext/app").resolve(name);
        Files.createDirectories(app);
        Files.createFile(app.resolve("cryonext.jar"));
        Files.createFile(app.resolve("sources"));
        Files.writeString(app.resolveSibling("current"), name + "\n");
        return app;
    }

    Result run(Map<String, String> environment, String script, String... arguments) {
        return start(environment, root.resolve(script), arguments);
    }

    static Result start(Map<String, String> environment, Path script, String... arguments) {
        List<String> command = new ArrayList<>(List.of("/bin/sh", script.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(Path.of("/").toFile());
        builder.environment()
                .keySet()
                .removeIf(name -> name.contains("JAVA") || name.startsWith("CRYONEXT") || name.equals("TMPDIR"));
        builder.environment().putAll(Map.of("PATH", "/usr/bin:/bin", "CRYONEXT_JDK_FOLDER", "/nonexistent"));
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            String out = new String(process.getInputStream().readAllBytes());
            String err = new String(process.getErrorStream().readAllBytes());
            return new Result(process.waitFor(), out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** How a script ended. */
    record Result(int exitCode, String out, String err) {}
}
