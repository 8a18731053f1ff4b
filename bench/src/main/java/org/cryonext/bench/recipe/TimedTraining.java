package org.cryonext.bench.recipe;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.cryonext.bench.pair.LastWords;
import org.cryonext.bench.protocol.PeakMemory;
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
            while (!process.waitFor(LOOK_MILLISECONDS, TimeUnit.MILLISECONDS)) {
                peak = Math.max(peak, PeakMemory.kibibytes(String.valueOf(process.pid())));
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            Runtime.getRuntime().removeShutdownHook(end);
            if (process.exitValue() != 0) {
                throw new InputException(program + " ended with exit code " + process.exitValue() + ", and said last: "
                        + LastWords.of(log));
            }
            return new TimedTraining(program, seconds, peak * 1024 / 1e6);
        } catch (IOException e) {
            throw new InputException("Cannot run " + program + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InputException(program + " was interrupted", e);
        }
    }
}
