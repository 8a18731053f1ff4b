package org.cryonext.tools.launch;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.cryonext.engine.JvmOptions;

/**
 * Starts the command line a second time with the JVM options it needs, for those who start it by {@code java -jar}: a jar
 * cannot ask for an incubator module or a heap size by itself.
 */
public final class Relaunch {
    private static final byte[] WARNING = "WARNING: Using incubator modules: jdk.incubator.vector".getBytes(UTF_8);

    private Relaunch() {}

    /** True if this JVM was started without the Vector API. */
    public static boolean isNeeded() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty();
    }

    /**
     * Runs {@code main} with {@code args} in a JVM with the Vector API and the heap that {@code --memory} asks for.
     *
     * @return its exit code
     * @throws IOException if it cannot be started
     */
    public static int run(Class<?> main, String[] args) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command(main, args))
                .inheritIO()
                .redirectError(ProcessBuilder.Redirect.PIPE)
                .start();
        Thread errors = Thread.ofPlatform().start(() -> passOn(process.getErrorStream()));
        // Ctrl-C reaches both; the one in front must not be gone before the other has put its files in order.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> waitFor(process)));
        int code = process.waitFor();
        errors.join();
        return code;
    }

    /** Passes standard error on, but for the JVM's warning of what was asked for. */
    private static void passOn(InputStream errors) {
        try (errors;
                FileOutputStream own = new FileOutputStream(FileDescriptor.err)) {
            byte[] start = errors.readNBytes(WARNING.length);
            if (Arrays.equals(start, WARNING)) {
                // The warning's line ends as lines of this system do.
                errors.skipNBytes(System.lineSeparator().length());
            } else {
                own.write(start);
            }
            errors.transferTo(own);
        } catch (IOException e) {
            throw new UncheckedIOException("Standard error of the process that does the work cannot be read", e);
        }
    }

    static List<String> command(Class<?> main, String[] args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add(heap(args).flag());
        String classPath = System.getProperty("java.class.path");
        command.addAll(JvmOptions.of(classPath));
        command.addAll(List.of(
                "-Djava.io.tmpdir=" + temporary(System.getProperty("java.io.tmpdir"), System.getenv("TMPDIR")),
                "-Dcryonext.columns=" + (isTerminal() ? 80 : 0),
                "-cp",
                classPath,
                main.getName()));
        command.addAll(List.of(args));
        return command;
    }

    /** What this JVM was told, or else what the system's variable says: the JVM does not look at it. */
    static String temporary(String property, String variable) {
        return variable != null && !variable.isEmpty() && property.equals("/tmp") ? variable : property;
    }

    private static boolean isTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    private static HeapSize heap(String[] args) {
        for (int i = 0; i < args.length && !args[i].equals("--"); i++) {
            String value = args[i].equals("--memory") && i + 1 < args.length
                    ? args[i + 1]
                    : args[i].startsWith("--memory=") ? args[i].substring("--memory=".length()) : null;
            if (value != null) {
                try {
                    return HeapSize.parse(value);
                } catch (IllegalArgumentException e) {
                    // The command line proper says what is wrong with it.
                    return HeapSize.DEFAULT;
                }
            }
        }
        return ImportHeap.of(args);
    }

    private static void waitFor(Process process) {
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
