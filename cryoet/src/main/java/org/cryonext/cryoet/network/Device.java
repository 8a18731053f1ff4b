package org.cryonext.cryoet.network;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.Precision;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.engine.backend.cuda.CudaBackend;
import org.cryonext.engine.backend.cuda.driver.CudaDevice;
import org.cryonext.engine.backend.cuda.driver.CudaDriver;
import org.cryonext.engine.backend.cuda.image.KernelImages;
import org.cryonext.engine.backend.cuda.image.KernelSource;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.io.InputException;

/**
 * What runs a network; the choices of {@code --device}.
 *
 * @param kind of which kind
 * @param card number of the graphics card, from 0; 0 for other kinds
 */
public record Device(Kind kind, int card) {
    /** The fastest that there is. */
    public static final Device AUTO = new Device(Kind.AUTO, 0);

    /** The processor. */
    public static final Device CPU = new Device(Kind.CPU, 0);

    /** Plain loops. */
    public static final Device REFERENCE = new Device(Kind.REFERENCE, 0);

    private static final String CARD = "cuda:";
    private static final int MOST_DIGITS = 3;

    /** Kinds of devices. */
    public enum Kind {
        /** Plain loops in double precision, one thread: slow and exact. */
        REFERENCE,
        /** The processor's vector units, all threads. */
        CPU,
        /** An NVIDIA graphics card. */
        CUDA,
        /** The fastest that there is. */
        AUTO;

        /** As it is typed. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Reads {@code reference}, {@code cpu}, {@code cuda}, {@code cuda:1} or {@code auto}, in any case.
     *
     * @throws InputException if it is none of these
     */
    public static Device parse(String text) {
        String plain = text.toLowerCase(Locale.ROOT);
        for (Kind kind : Kind.values()) {
            if (plain.equals(kind.toString())) {
                return new Device(kind, 0);
            }
        }
        if (plain.startsWith(CARD) && plain.substring(CARD.length()).matches("[0-9]{1," + MOST_DIGITS + "}")) {
            return new Device(Kind.CUDA, Integer.parseInt(plain.substring(CARD.length())));
        }
        throw new InputException(
                "expected one of reference, cpu, cuda, cuda:N (N: number of a card), auto, not '" + text + "'");
    }

    /** Opens the device for the precision that suits it. */
    public Backend open(int threads, Optional<Path> kernels, Consumer<String> say) {
        return open(threads, kernels, Optional.empty(), say);
    }

    /**
     * Opens the device; the caller closes it.
     *
     * @param threads number of threads where the device has them; 0 for as many as there are processors
     * @param kernels compiled kernels for a card, where the user names some
     * @param precision what networks shall compute in; without one F16 on a card, as the study, and F32 elsewhere
     * @param say told in a sentence if there is a card that {@code auto} cannot use
     * @throws InputException if it cannot be used here, or not in this precision
     */
    public Backend open(int threads, Optional<Path> kernels, Optional<Precision> precision, Consumer<String> say) {
        if (threads < 0) {
            throw new InputException("--threads is " + threads + ", expected at least 1, or 0 for all processors");
        }
        return switch (kind) {
            case REFERENCE -> {
                requireSingle(precision);
                yield new ReferenceBackend();
            }
            case CPU -> cpu(threads, precision);
            case CUDA -> {
                CudaDriver driver = CudaDriver.load();
                yield cuda(driver, driver.device(card), kernels, precision);
            }
            case AUTO -> auto(kernels, precision, say).orElseGet(() -> cpu(threads, precision));
        };
    }

    private void requireSingle(Optional<Precision> precision) {
        precision.filter(asked -> asked != Precision.F32).ifPresent(asked -> {
            throw new InputException("--precision " + asked + " is for NVIDIA cards, and the network would run on "
                    + (kind == Kind.REFERENCE ? kind : Kind.CPU) + ", which computes in f32; leave --precision out");
        });
    }

    private Backend cpu(int threads, Optional<Precision> precision) {
        requireSingle(precision);
        return threads == 0 ? new CpuBackend() : new CpuBackend(threads);
    }

    private static Backend cuda(
            CudaDriver driver, CudaDevice device, Optional<Path> kernels, Optional<Precision> precision) {
        Precision chosen = precision.orElse(Precision.F16);
        if (device.architecture().major() < 8 && (chosen == Precision.TF32 || chosen == Precision.BF16)) {
            throw new InputException("--precision " + chosen + " needs a card of sm_80 or newer, and " + device.name()
                    + " is " + device.architecture().sm() + "; give f16 or f32");
        }
        KernelImages images = KernelImages.of(driver, kernels);
        // Now, not in the middle of the work: whether every kernel is there or can be made.
        KernelSource.names().forEach(name -> images.plan(name, device.architecture()));
        return new CudaBackend(device, images, chosen);
    }

    /** The first card that can be used. Without a driver there is nothing to say. */
    private static Optional<Backend> auto(Optional<Path> kernels, Optional<Precision> precision, Consumer<String> say) {
        if (CudaDriver.missing().isPresent()) {
            return Optional.empty();
        }
        try {
            CudaDriver driver = CudaDriver.load();
            List<CudaDevice> devices = driver.devices();
            CudaDevice device = devices.stream()
                    .filter(candidate -> candidate.refusal().isEmpty())
                    .findFirst()
                    .orElseGet(devices::getFirst);
            return Optional.of(cuda(driver, driver.device(device.ordinal()), kernels, precision));
        } catch (InputException e) {
            say.accept("No card is used: " + e.getMessage());
            return Optional.empty();
        }
    }

    /** As it is typed. */
    @Override
    public String toString() {
        return kind == Kind.CUDA && card > 0 ? CARD + card : kind.toString();
    }
}
