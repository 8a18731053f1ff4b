package org.cryonext.tools.launch;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * Builds the command line for the launcher, into a folder of its own under {@code .cryonext/app}. The launcher runs this
 * file from source, before anything is compiled; hence it uses the JDK alone.
 *
 * <p>Why Java and not shell: a file lock that dies with its process, on every system.
 */
public final class AppBuild {
    private static final Duration KEPT_BUILDS = Duration.ofDays(30);

    private final Path root;
    private final Path apps;
    private final Path log;
    private final PrintStream screen;
    private final boolean terminal;

    private AppBuild(Path root, PrintStream screen, boolean terminal) {
        this.root = root;
        this.apps = root.resolve(".cryonext/app");
        this.log = root.resolve(".cryonext/build.log");
        this.screen = screen;
        this.terminal = terminal;
    }

    /**
     * @param args the project's folder, the name of the build the launcher found (or nothing), and {@code terminal} if
     *     the progress line may be redrawn
     */
    static void main(String[] args) throws InterruptedException {
        boolean built;
        try {
            built = new AppBuild(Path.of(args[0]), System.err, args[2].equals("terminal")).run(args[1]);
        } catch (IOException e) {
            System.err.println(
                    "Cannot build CryoNeXt in " + args[0] + ", where the first run after a change must write: "
                            + e.getClass().getSimpleName() + ", " + e.getMessage());
            built = false;
        }
        System.exit(built ? 0 : 1);
    }

    private boolean run(String seen) throws IOException, InterruptedException {
        Files.createDirectories(apps);
        // Closing the file, or the end of this process, gives the lock back.
        try (FileChannel lock =
                FileChannel.open(root.resolve(".cryonext/lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            waitForTurn(lock);
            return !current().equals(seen) || build();
        }
    }

    private void waitForTurn(FileChannel lock) throws IOException {
        if (lock.tryLock() == null) {
            screen.println("CryoNeXt is being built by another call; waiting for it.");
            lock.lock();
        }
    }

    private boolean build() throws IOException, InterruptedException {
        Instant start = Instant.now();
        ProcessBuilder maven = new ProcessBuilder(
                root.resolve("mvnw").toString(),
                "--batch-mode",
                "-pl",
                "tools",
                "-am",
                "-Dmaven.test.skip=true",
                "package");
        maven.directory(root.toFile()).redirectErrorStream(true).redirectOutput(log.toFile());
        maven.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        maven.environment().put("JAVA25_HOME", System.getProperty("java.home"));
        Process process = maven.start();
        watch(process, start);
        if (process.exitValue() != 0) {
            showError();
            return false;
        }
        keep(start);
        forgetOldBuilds(start);
        return true;
    }

    private void watch(Process process, Instant start) throws InterruptedException, IOException {
        String first = current().isEmpty() ? " for the first time (about a minute)" : "";
        if (!terminal) {
            screen.println("Building CryoNeXt" + first + " ...");
            process.waitFor();
            return;
        }
        while (!process.waitFor(500, TimeUnit.MILLISECONDS)) {
            long seconds = Duration.between(start, Instant.now()).toSeconds();
            screen.print("\r\033[KBuilding CryoNeXt" + first + ": " + module() + seconds + " s");
        }
        screen.print("\r\033[K");
    }

    /** The module Maven is at, as its log says it: "[INFO] Building CryoNeXt engine 0.1.0 [2/6]". */
    private String module() throws IOException {
        String mark = "] Building CryoNeXt ";
        return Files.readString(log)
                .lines()
                .filter(line -> line.contains(mark))
                .map(line -> line.substring(line.indexOf(mark) + mark.length()).split(" ")[0] + ", ")
                .reduce("", (before, last) -> last);
    }

    private void showError() throws IOException {
        List<String> lines = Files.readAllLines(log);
        List<String> errors = lines.stream()
                .filter(line -> line.startsWith("[ERROR]") || line.startsWith("[WARNING] /"))
                .toList();
        (errors.isEmpty() ? lines : errors).stream().limit(40).forEach(screen::println);
        screen.println("CryoNeXt could not be built; all that Maven said is in " + log);
    }

    private void keep(Instant start) throws IOException, InterruptedException {
        Path target = root.resolve("tools/target");
        String name = Long.toString(start.toEpochMilli());
        Path unfinished = apps.resolve("." + name);
        Files.createDirectories(unfinished.resolve("lib"));
        Path jar = Files.copy(target.resolve("cryonext.jar"), unfinished.resolve("cryonext.jar"));
        for (String library : classPath(jar)) {
            Files.copy(target.resolve(library), unfinished.resolve(library));
        }
        Files.copy(
                root.resolve("engine/src/main/resources/org/cryonext/engine/jvm.options"),
                unfinished.resolve("jvm.options"));
        Path sources = Files.createFile(unfinished.resolve("sources"));
        Files.setLastModifiedTime(sources, FileTime.from(start));
        Path app = apps.resolve(name);
        Files.move(unfinished, app, StandardCopyOption.ATOMIC_MOVE);
        archive(app);

        Path pointer = Files.writeString(apps.resolve(".current"), name + "\n");
        Files.move(
                pointer, apps.resolve("current"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * Lets the JVM archive the classes of the command line in the form that it has of them in memory, so that a start need
     * not read and verify each. Without the archive, or with another JDK, everything works but starts later.
     */
    private void archive(Path app) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("cryonext-rehearsal");
        try {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx1g",
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "--add-modules",
                            "jdk.incubator.vector",
                            "--enable-native-access=ALL-UNNAMED",
                            "-Djava.awt.headless=true",
                            "-XX:ArchiveClassesAtExit=" + app.resolve("cryonext.jsa"),
                            "-cp",
                            app.resolve("cryonext.jar").toString(),
                            "org.cryonext.tools.Rehearsal")
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            if (process.waitFor() != 0) {
                screen.println(
                        "CryoNeXt will start about a second later than it could: its classes could not be archived;"
                                + " the reason is at the end of " + log);
            }
        } finally {
            delete(folder);
        }
    }

    /** What the jar's manifest names; the folder beside it can hold more, from builds of other versions. */
    private static String[] classPath(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.getManifest()
                    .getMainAttributes()
                    .getValue(Attributes.Name.CLASS_PATH)
                    .split(" ");
        }
    }

    private void forgetOldBuilds(Instant now) throws IOException {
        FileTime limit = FileTime.from(now.minus(KEPT_BUILDS));
        String current = current();
        List<Path> builds;
        try (Stream<Path> entries = Files.list(apps)) {
            builds = entries.filter(Files::isDirectory).toList();
        }
        for (Path build : builds) {
            if (!build.endsWith(current) && Files.getLastModifiedTime(build).compareTo(limit) < 0) {
                delete(build);
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> files = Files.walk(folder)) {
            deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : deepestFirst) {
            Files.delete(file);
        }
    }

    /** The name of the newest build, or nothing. */
    private String current() throws IOException {
        try {
            return Files.readString(apps.resolve("current")).strip();
        } catch (NoSuchFileException e) {
            return "";
        }
    }
}
