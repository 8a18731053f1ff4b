package org.cryonext.tools.command;

import java.util.Iterator;
import java.util.List;
import org.cryonext.cryoet.network.Device;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.io.InputException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What runs the network, one device, and how. */
final class DeviceOption extends RunningOptions {
    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            order = HelpOption.LAST - 6,
            defaultValue = "auto",
            converter = Word.class,
            completionCandidates = Words.class,
            description = "What runs the network: ${COMPLETION-CANDIDATES}; cuda:1 is the second NVIDIA card"
                    + " (default: ${DEFAULT-VALUE}, the fastest there is; reference is slow and exact).")
    private Device device;

    /** Kinds of devices. */
    static final class Words implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return List.of("reference", "cpu", "cuda", "auto").iterator();
        }
    }

    private static final class Word implements ITypeConverter<Device> {
        @Override
        public Device convert(String text) {
            try {
                return Device.parse(text);
            } catch (InputException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** Opens the device; the caller closes it. */
    Backend open() {
        return opened(device::open);
    }

    /** Whether the choice is left to the program. */
    boolean isAuto() {
        return device.equals(Device.AUTO);
    }
}
