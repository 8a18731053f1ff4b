package org.cryonext.tools.command;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.cryonext.cryoet.network.Backends;
import org.cryonext.cryoet.network.Device;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.Precision;
import org.cryonext.engine.io.InputException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** What runs the network, and on how many threads. */
final class DeviceOption {
    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            order = HelpOption.LAST - 6,
            defaultValue = "auto",
            converter = Word.class,
            completionCandidates = Words.class,
            description = "What runs the network: ${COMPLETION-CANDIDATES}; cuda:1 is the second NVIDIA card;"
                    + " classify and evaluate share tomograms among several by cuda:0,1 or cuda:all"
                    + " (default: ${DEFAULT-VALUE}, the fastest there is; reference is slow and exact).")
    private Device device;

    @Option(
            names = "--kernels",
            paramLabel = "DIR",
            order = HelpOption.LAST - 5,
            description = "Kernels for the card, compiled by cryonext kernels (default: those of this program, or what"
                    + " NVIDIA's compiler makes at first use).")
    private Path kernels;

    @Option(
            names = "--precision",
            paramLabel = "P",
            order = HelpOption.LAST - 5,
            defaultValue = "auto",
            converter = PrecisionWord.class,
            completionCandidates = PrecisionWords.class,
            description = "What networks compute in on a card: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}, f16"
                    + " on a card; elsewhere it is f32).")
    private Choice precision;

    @Mixin
    private ThreadsOption threads;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    private static final class Words implements Iterable<String> {
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

    /**
     * A precision, or none for what suits the device.
     *
     * @param precision null for none
     */
    private record Choice(Precision precision) {}

    private static final class PrecisionWords implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return List.of("f32", "tf32", "f16", "bf16", "auto").iterator();
        }
    }

    private static final class PrecisionWord implements ITypeConverter<Choice> {
        @Override
        public Choice convert(String text) {
            String plain = text.toLowerCase(Locale.ROOT);
            if (plain.equals("auto")) {
                return new Choice(null);
            }
            return Arrays.stream(Precision.values())
                    .filter(precision -> precision.toString().equals(plain))
                    .findFirst()
                    .map(Choice::new)
                    .orElseThrow(() -> new TypeConversionException(
                            "expected one of f32, tf32, f16, bf16, auto, not '" + text + "'"));
        }
    }

    /** Opens the device, one; the caller closes it. A device that this machine does not have is wrong usage. */
    Backend open() {
        return opened(device::open);
    }

    /** Opens all devices that are meant; the caller closes them. */
    Backends openAll() {
        return opened(device::openAll);
    }

    private interface Opening<T> {
        T open(int threads, Optional<Path> kernels, Optional<Precision> precision, Consumer<String> say);
    }

    private <T> T opened(Opening<T> opening) {
        try {
            return opening.open(
                    threads.threads(),
                    Optional.ofNullable(kernels),
                    Optional.ofNullable(precision.precision()),
                    sentence -> command.commandLine().getErr().println(sentence));
        } catch (InputException e) {
            throw new ParameterException(command.commandLine(), e.getMessage(), e);
        }
    }

    /** Whether the choice is left to the program. */
    boolean isAuto() {
        return device.equals(Device.AUTO);
    }

    /** Worker threads, for what runs beside the network. */
    int threads() {
        return threads.threads();
    }
}
