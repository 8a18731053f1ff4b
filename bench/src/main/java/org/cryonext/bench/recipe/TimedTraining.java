package org.cryonext.bench.recipe;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.cryonext.engine.io.InputException;

/**
 * What a training took, from the start of its process to the end.
 *
 * @param program its name
 * @param seconds wall clock
 * @param peakMegabytes largest resident memory, 1e6 bytes, looked at every tenth of a second; 0 where the system does not
 *     tell
 */
public record TimedTraining(
        String program,
        double seconds,
        @JsonProperty("peak_megabytes") double peakMegabytes) {
    private static final int LOOK_MILLISECONDS = 100;

    /**
     * Runs a process to its end.
     *
     * @param log where its output goes
     * @throws InputException if it cannot be started or fails, with the last line that it said
     */
    static TimedTraining run(String program, List<String> command, Map<String, String> environment, Path log) {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        long start = System.nanoTime();
        long peak = 0;
        try {
            Process process = builder.start();
            // Ctrl-C ends this process; the other must not go on for hours.
            Thread end = new Thread(process::destroyForcibly);
            Runtime.getRuntime().addShutdownHook(end);
            Path status = Path.of("/proc", String.valueOf(process.pid()), "status");
            while (!process.waitFor(LOOK_MILLISECONDS, TimeUnit.MILLISECONDS)) {
                peak = Math.max(peak, peakKibibytes(status));
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            Runtime.getRuntime().removeShutdownHook(end);
            if (process.exitValue() != 0) {
                String said = Files.readAllLines(log).stream()
                        .filter(line -> !line.isBlank() && !Character.isWhitespace(line.charAt(0)))
                        .reduce("", (before, last) -> last);
                throw new InputException(
                        program + " ended with exit code " + process.exitValue() + ", and said last: " + said);
            }
            return new TimedTraining(program, seconds, peak * 1024 / 1e6);
        } catch (IOException e) {
            throw new InputException("Cannot run " + program + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InputException(program + " was interrupted", e);
        }
    }

    private static long peakKibibytes(Path status) {
        try {
            return Files.readAllLines(status).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            // Another system than Linux, or the process has just ended.
            return 0;
        }
    }
}
