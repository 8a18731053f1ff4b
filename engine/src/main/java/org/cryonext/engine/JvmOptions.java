package org.cryonext.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** How a Java virtual machine is started that computes; {@code jvm.options}, which the launcher reads too. */
public final class JvmOptions {
    private static final String FILE = "jvm.options";

    /** Beside the command line's jar, where the launcher's build made it. */
    private static final String ARCHIVE = "cryonext.jsa";

    private JvmOptions() {}

    /**
     * All options but that of the heap.
     *
     * @param classPath what the machine will be given; the classes that are archived beside its first jar are taken from there
     */
    public static List<String> of(String classPath) {
        List<String> options = new ArrayList<>(common());
        // Other systems' machines do not know the option.
        if (System.getProperty("os.name").equals("Linux")) {
            options.add("-XX:+UseTransparentHugePages");
        }
        Path archive = Path.of(classPath.split(File.pathSeparator)[0]).resolveSibling(ARCHIVE);
        if (Files.isRegularFile(archive)) {
            options.addAll(List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:cds*=off", "-Xlog:aot*=off"));
        }
        return options;
    }

    private static List<String> common() {
        try (InputStream file = JvmOptions.class.getResourceAsStream(FILE);
                Stream<String> lines = new String(file.readAllBytes(), UTF_8).lines()) {
            return lines.filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
