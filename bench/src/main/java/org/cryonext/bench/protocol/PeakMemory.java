package org.cryonext.bench.protocol;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The largest resident memory of a process, as Linux tells it. */
public final class PeakMemory {
    private PeakMemory() {}

    /**
     * The memory so far.
     *
     * @param process its number, or "self"
     * @return KiB; 0 where the system does not tell, or the process has ended
     */
    public static long kibibytes(String process) {
        try {
            return Files.readAllLines(Path.of("/proc", process, "status")).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }
}
