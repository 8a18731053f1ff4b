package org.cryonext.cryoet.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.cryonext.engine.backend.Backend;

/** What this machine is, in a few words. */
final class Hardware {
    private static final Path CPUINFO = Path.of("/proc/cpuinfo");

    private Hardware() {}

    /**
     * Processor, device, memory of this process, and system.
     *
     * @param device of the machine's, what is used: a processor says with how many threads
     */
    static String describe(Backend device) {
        return String.format(
                Locale.ROOT,
                "%s; %s; %.1f GiB of heap; %s %s",
                processor(),
                device.description(),
                Runtime.getRuntime().maxMemory() / 1073741824.0,
                System.getProperty("os.name"),
                System.getProperty("os.version"));
    }

    /** Its name where the system tells it, else its architecture. */
    private static String processor() {
        String architecture = System.getProperty("os.arch");
        try (Stream<String> lines = Files.lines(CPUINFO)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(architecture);
        } catch (IOException e) {
            // Not Linux.
            return architecture;
        }
    }
}
