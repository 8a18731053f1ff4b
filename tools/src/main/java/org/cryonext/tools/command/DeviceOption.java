package org.cryonext.tools.command;

import org.cryonext.cryoet.network.Device;
import org.cryonext.engine.backend.Backend;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What runs the network, and on how many threads. */
final class DeviceOption {
    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            order = HelpOption.LAST - 4,
            defaultValue = "auto",
            description = "What runs the network: ${COMPLETION-CANDIDATES}"
                    + " (default: ${DEFAULT-VALUE}, the fastest there is; reference is slow and exact).")
    private Device device;

    @Mixin
    private ThreadsOption threads;

    /** Opens the device; the caller closes it. */
    Backend open() {
        return device.open(threads.threads());
    }

    /** Whether the choice is left to the program. */
    boolean isAuto() {
        return device == Device.AUTO;
    }

    /** Worker threads, for what runs beside the network. */
    int threads() {
        return threads.threads();
    }
}
