package org.cryonext.bench.pair;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;

/** The project {@code bench/peers}, which Maven builds and whose libraries it fetches when they are first asked for. */
final class PeerLibraries {
    private static final int ERROR_LINES = 4;

    private final Path folder;

    private PeerLibraries(Path folder) {
        this.folder = folder;
    }

    /**
     * Builds the project unless that was done since its files were changed.
     *
     * @throws InputException if this program does not lie in CryoNeXt's source tree, or the build fails
     */
    static PeerLibraries ready(Progress progress) {
        Path root = SourceTree.root();
        PeerLibraries peers = new PeerLibraries(root.resolve("bench/peers"));
        try {
            if (!peers.isBuilt(root)) {
                progress.start("Fetching ONNX Runtime and PyTorch (156 MB, this once)", 1, "builds");
                peers.build(root);
                progress.finish();
            }
        } catch (IOException e) {
            throw new InputException("Cannot build " + peers.folder + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InputException("The build of " + peers.folder + " was interrupted", e);
        }
        return peers;
    }

    private Path stamp() {
        return folder.resolve("target/built");
    }

    private boolean isBuilt(Path root) throws IOException {
        if (!Files.exists(stamp())) {
            return false;
        }
        FileTime built = Files.getLastModifiedTime(stamp());
        for (Path source : List.of(
                root.resolve("pom.xml"),
                folder.resolve("pom.xml"),
                folder.resolve("src"),
                root.resolve("bench/src/main/java/org/cryonext/bench/protocol"))) {
            try (Stream<Path> files = Files.walk(source)) {
                for (Path file : files.toList()) {
                    if (Files.getLastModifiedTime(file).compareTo(built) > 0) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    private void build(Path root) throws IOException, InterruptedException {
        FileTime start = FileTime.fromMillis(System.currentTimeMillis());
        Path log = Files.createDirectories(folder.resolve("target")).resolve("build.log");
        ProcessBuilder maven = new ProcessBuilder(
                root.resolve("mvnw").toString(),
                "--batch-mode",
                "-f",
                folder.resolve("pom.xml").toString(),
                "-Dmaven.test.skip=true",
                "process-classes");
        maven.redirectErrorStream(true).redirectOutput(log.toFile()).redirectInput(new File("/dev/null"));
        maven.environment().put("JAVA25_HOME", System.getProperty("java.home"));
        if (maven.start().waitFor() != 0) {
            List<String> errors = Files.readAllLines(log).stream()
                    .filter(line -> line.startsWith("[ERROR]"))
                    .limit(ERROR_LINES)
                    .toList();
            throw new InputException("The programs to be measured beside could not be fetched: "
                    + String.join(" ", errors) + " (all that Maven said is in " + log + ")");
        }
        Files.writeString(stamp(), "");
        Files.setLastModifiedTime(stamp(), start);
    }

    /** Class path of the programs. */
    String classPath() {
        return folder.resolve("target/classes") + File.pathSeparator + folder.resolve("target/lib") + "/*";
    }

    /** Where natives are unpacked. */
    Path cache() {
        return folder.resolve("target/natives");
    }
}
