package org.cryonext.tools.command;

import org.cryonext.cryoet.network.Backends;
import org.cryonext.cryoet.network.Device;
import org.cryonext.engine.io.InputException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What runs the network, one device or several cards that share tomograms, and how. */
final class DevicesOption extends RunningOptions {
    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            order = HelpOption.LAST - 6,
            defaultValue = "auto",
            converter = Word.class,
            completionCandidates = DeviceOption.Words.class,
            description =
                    "What runs the network: ${COMPLETION-CANDIDATES}; cuda:1 is the second NVIDIA card; cuda:0,1 and cuda:all"
                            + " share tomograms among several (default: ${DEFAULT-VALUE}, the fastest there is; reference is slow and exact).")
    private Device devices;

    private static final class Word implements ITypeConverter<Device> {
        @Override
        public Device convert(String text) {
            try {
                return Device.parseSeveral(text);
            } catch (InputException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** Opens all that are meant; the caller closes them. */
    Backends open() {
        return opened(devices::openAll);
    }
}
