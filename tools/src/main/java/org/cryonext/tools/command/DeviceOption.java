package org.cryonext.tools.command;

import org.cryonext.cryoet.network.Device;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.io.InputException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

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

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /** Opens the device; the caller closes it. A device that this build does not have is wrong usage. */
    Backend open() {
        try {
            return device.open(threads.threads());
        } catch (InputException e) {
            throw new ParameterException(command.commandLine(), e.getMessage(), e);
        }
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
