package org.cryonext.tools.command;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.cryonext.engine.backend.Precision;
import org.cryonext.engine.io.InputException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** How networks are run, whatever on: kernels, precision, threads. */
abstract class RunningOptions {
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

    /** A way to open what was chosen. */
    interface Opening<T> {
        T open(int threads, Optional<Path> kernels, Optional<Precision> precision, Consumer<String> say);
    }

    /** Opens it; a device that this machine does not have is wrong usage. */
    final <T> T opened(Opening<T> opening) {
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

    /** Worker threads, for what runs beside the network. */
    final int threads() {
        return threads.threads();
    }
}
