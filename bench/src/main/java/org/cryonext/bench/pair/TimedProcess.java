package org.cryonext.bench.pair;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.cryonext.engine.io.InputException;

/** A process that runs one model when it is told to, and rests otherwise. */
final class TimedProcess implements AutoCloseable {
    private final String name;
    private final Process process;
    private final Path log;
    private final Writer commands;
    private final BufferedReader answers;
    private final String description;
    private final long start = System.nanoTime();
    private double firstSeconds;

    /**
     * Starts a process and waits until it has loaded the model.
     *
     * @param name of the program, for messages
     * @param environment variables besides those of this process
     * @param folder where its log goes
     * @throws InputException if it cannot be started or stops, with what it said last
     */
    TimedProcess(String name, List<String> command, Map<String, String> environment, Path folder) {
        this.name = name;
        try {
            log = Files.createTempFile(folder, "process", ".log");
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
            builder.environment().putAll(environment);
            process = builder.start();
        } catch (IOException e) {
            throw new InputException("Cannot start " + name + ": " + e.getMessage(), e);
        }
        commands = new OutputStreamWriter(process.getOutputStream(), UTF_8);
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        try {
            description = answer("ready");
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    String name() {
        return name;
    }

    /** Name, version and settings as the process tells them. */
    String description() {
        return description;
    }

    /** Has the first results written to a file. */
    void outputs(Path file) {
        ask("outputs " + file, "done");
        firstSeconds = firstSeconds == 0 ? (System.nanoTime() - start) / 1e9 : firstSeconds;
    }

    /** From the start of the process until {@link #outputs} was written for the first time; 0 before that. */
    double firstSeconds() {
        return firstSeconds;
    }

    /** Nanoseconds of each run of about so many seconds. */
    List<Long> measure(double seconds) {
        return Stream.of(ask("measure " + seconds, "times").split(" "))
                .map(Long::valueOf)
                .toList();
    }

    /** Largest resident memory since the start, 1e6 bytes; 0 where the system does not tell. */
    double peakMegabytes() {
        return Long.parseLong(ask("memory", "memory")) * 1024 / 1e6;
    }

    private String ask(String command, String answer) {
        try {
            commands.write(command + "\n");
            commands.flush();
        } catch (IOException e) {
            throw stopped();
        }
        return answer(answer);
    }

    /** The rest of the next answer; what libraries print between answers is passed over. */
    private String answer(String word) {
        try {
            for (String line = answers.readLine(); line != null; line = answers.readLine()) {
                if (line.startsWith(">" + word)) {
                    return line.substring(1 + word.length()).strip();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The answers of " + name + " cannot be read", e);
        }
        throw stopped();
    }

    private InputException stopped() {
        try {
            process.waitFor(10, TimeUnit.SECONDS);
            String said = LastWords.of(log);
            return new InputException(name + " stopped" + (said.isEmpty() ? "" : ": " + said));
        } catch (IOException e) {
            return new InputException(name + " stopped, and its log " + log + " cannot be read", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new InputException(name + " stopped", e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
