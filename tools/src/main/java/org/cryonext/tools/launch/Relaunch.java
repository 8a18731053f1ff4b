package org.cryonext.tools.launch;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts the command line a second time with the JVM options it needs, for those who start it by {@code java -jar}: a jar
 * cannot ask for an incubator module or a heap size by itself.
 */
public final class Relaunch {
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
        Process process = new ProcessBuilder(command(main, args)).inheritIO().start();
        // Ctrl-C reaches both; the one in front must not be gone before the other has put its files in order.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> waitFor(process)));
        return process.waitFor();
    }

    static List<String> command(Class<?> main, String[] args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add(heap(args).flag());
        command.addAll(List.of(
                "-XX:+UseG1GC",
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.awt.headless=true",
                "-Dcryonext.columns=" + (isTerminal() ? 80 : 0),
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(args));
        return command;
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
        return HeapSize.DEFAULT;
    }

    private static void waitFor(Process process) {
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
