package org.cryonext.tools.launch;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.cryonext.engine.io.InputException;
import org.cryonext.models.onnx.OnnxFile;

/**
 * The heap of an import from ONNX where {@code --memory} does not say it: in proportion to the file, the external data
 * that it names included, and at most what any command gets. A heap of three quarters of a large machine would be filled
 * with what is no longer needed before it is ever cleared.
 */
public final class ImportHeap {
    /** For the proof's images and what the network makes of them. */
    private static final long BASE = 512L << 20;

    /** The weights in double and in single precision, as they are read and as they are used. */
    private static final long TIMES_THE_FILE = 8;

    private ImportHeap() {}

    /** Prints the JVM's option for the arguments of the command line; the launcher calls it. */
    static void main(String[] args) {
        System.out.println(of(args).flag());
    }

    /** The heap for the arguments of the command line, {@code --memory} not among them. */
    static HeapSize of(String[] args) {
        if (args.length > 0 && args[0].equals("import")) {
            for (String argument : args) {
                Optional<Long> bytes = bytes(argument);
                if (bytes.isPresent()) {
                    return HeapSize.atMost(BASE + TIMES_THE_FILE * bytes.orElseThrow());
                }
            }
        }
        return HeapSize.DEFAULT;
    }

    private static Optional<Long> bytes(String argument) {
        if (!argument.toLowerCase(Locale.ROOT).endsWith(".onnx")) {
            return Optional.empty();
        }
        try {
            Path path = Path.of(argument);
            if (!Files.isRegularFile(path)) {
                return Optional.empty();
            }
            try (OnnxFile file = OnnxFile.open(path)) {
                return Optional.of(file.bytes());
            }
        } catch (InputException | InvalidPathException e) {
            // The command itself says what is wrong with it.
            return Optional.empty();
        }
    }
}
