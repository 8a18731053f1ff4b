package org.cryonext.tools.command;

import java.util.Locale;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import picocli.CommandLine.Option;

/** What runs the network. */
final class DeviceOption {
    /** The choices of {@code --device}. */
    enum Device {
        REFERENCE,
        CPU,
        AUTO;

        /** As it is typed. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Option(
            names = "--device",
            order = HelpOption.LAST - 4,
            paramLabel = "DEVICE",
            defaultValue = "auto",
            description = "What runs the network: ${COMPLETION-CANDIDATES}"
                    + " (default: ${DEFAULT-VALUE}, the fastest there is; reference is slow and exact).")
    private Device device;

    /** Opens the device; the caller closes it. */
    Backend open() {
        return switch (device) {
            case REFERENCE -> new ReferenceBackend();
            case CPU, AUTO -> new CpuBackend();
        };
    }
}
