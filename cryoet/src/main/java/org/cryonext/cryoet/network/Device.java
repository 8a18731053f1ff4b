package org.cryonext.cryoet.network;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.DeviceLostException;
import org.cryonext.engine.backend.MemoryException;
import org.cryonext.engine.backend.Precision;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.engine.backend.cuda.CudaBackend;
import org.cryonext.engine.backend.cuda.driver.CudaDevice;
import org.cryonext.engine.backend.cuda.driver.CudaDriver;
import org.cryonext.engine.backend.cuda.driver.CudaException;
import org.cryonext.engine.backend.cuda.image.KernelImages;
import org.cryonext.engine.backend.cuda.image.KernelSource;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.io.InputException;

/**
 * What runs a network; the choices of {@code --device}.
 *
 * @param kind of which kind
 * @param cards numbers of the graphics cards, from 0; none for other kinds, and for all cards that there are
 */
public record Device(Kind kind, List<Integer> cards) {
    /** The fastest that there is. */
    public static final Device AUTO = new Device(Kind.AUTO);

    /** The processor. */
    public static final Device CPU = new Device(Kind.CPU);

    /** Plain loops. */
    public static final Device REFERENCE = new Device(Kind.REFERENCE);

    private static final String CARD = "cuda:";
    private static final String ALL = "cuda:all";
    private static final String NUMBER = "[0-9]{1,3}";

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

    /** Copies the list. */
    public Device {
        cards = List.copyOf(cards);
    }

    private Device(Kind kind) {
        this(kind, List.of());
    }

    /**
     * Reads one device: {@code reference}, {@code cpu}, {@code cuda} (the first card), {@code cuda:1} or {@code auto}, in any
     * case.
     *
     * @throws InputException if it is none of these
     */
    public static Device parse(String text) {
        return read(text)
                .filter(device -> !device.isSeveral())
                .orElseThrow(() -> new InputException(
                        "expected one of reference, cpu, cuda, cuda:N (N: number of a card), auto, not '" + text
                                + "'"));
    }

    /**
     * Reads one device or several: what {@link #parse} reads, {@code cuda:0,2} or {@code cuda:all}, in any case.
     *
     * @throws InputException if it is none of these, or names a card twice
     */
    public static Device parseSeveral(String text) {
        return read(text)
                .orElseThrow(
                        () -> new InputException("expected one of reference, cpu, cuda, cuda:N (N: number of a card),"
                                + " cuda:N,M (each card once), cuda:all, auto, not '" + text + "'"));
    }

    private static Optional<Device> read(String text) {
        String plain = text.toLowerCase(Locale.ROOT);
        for (Kind kind : Kind.values()) {
            if (plain.equals(kind.toString())) {
                return Optional.of(kind == Kind.CUDA ? new Device(kind, List.of(0)) : new Device(kind));
            }
        }
        if (plain.equals(ALL)) {
            return Optional.of(new Device(Kind.CUDA));
        }
        if (!plain.matches(CARD + NUMBER + "(," + NUMBER + ")*")) {
            return Optional.empty();
        }
        List<Integer> cards = Arrays.stream(plain.substring(CARD.length()).split(","))
                .map(Integer::parseInt)
                .toList();
        boolean eachOnce = cards.stream().distinct().count() == cards.size();
        return eachOnce ? Optional.of(new Device(Kind.CUDA, cards)) : Optional.empty();
    }

    private boolean isSeveral() {
        return kind == Kind.CUDA && cards.size() != 1;
    }

    /** Opens the device for the precision that suits it. */
    public Backend open(int threads, Optional<Path> kernels, Consumer<String> say) {
        return open(threads, kernels, Optional.empty(), say);
    }

    /**
     * Opens the device, which is one; the caller closes it.
     *
     * @param threads number of threads where the device has them; 0 for as many as there are processors
     * @param kernels compiled kernels for a card, where the user names some
     * @param precision what networks shall compute in; without one F16 on a card, as the study, and F32 elsewhere
     * @param say told in a sentence if there is a card that {@code auto} cannot use
     * @throws InputException if it cannot be used here, or not in this precision
     * @throws IllegalStateException if it is several cards
     */
    public Backend open(int threads, Optional<Path> kernels, Optional<Precision> precision, Consumer<String> say) {
        if (threads < 0) {
            throw new InputException("--threads is " + threads + ", expected at least 1, or 0 for all processors");
        }
        if (isSeveral()) {
            throw new IllegalStateException(this + " is several cards; open them all");
        }
        return switch (kind) {
            case REFERENCE -> {
                requireSingle(precision);
                yield new ReferenceBackend();
            }
            case CPU -> cpu(threads, precision);
            case CUDA -> {
                CudaDriver driver = CudaDriver.load();
                yield cuda(driver, driver.device(cards.getFirst()), kernels, precision);
            }
            case AUTO -> auto(kernels, precision, say).orElseGet(() -> cpu(threads, precision));
        };
    }

    /**
     * Opens all devices that are meant, of which the work is given to each in turn; the caller closes them.
     *
     * @param threads as for {@link #open}, and so the others
     * @throws InputException if one of them cannot be used here, or not in this precision
     */
    public Backends openAll(int threads, Optional<Path> kernels, Optional<Precision> precision, Consumer<String> say) {
        if (!isSeveral()) {
            return Backends.of(open(threads, kernels, precision, say));
        }
        CudaDriver driver = CudaDriver.load();
        List<CudaDevice> devices = cards.isEmpty()
                ? usable(driver, say)
                : cards.stream().map(driver::device).toList();
        // What kernels there are and which of them a product takes depends on these two.
        long kinds = devices.stream()
                .map(device -> device.architecture() + " " + device.multiprocessors())
                .distinct()
                .count();
        if (kinds > 1) {
            say.accept("The cards "
                    + devices.stream().map(CudaDevice::toString).collect(Collectors.joining(", "))
                    + " are not alike: the last bits of a tomogram's results depend on which one computes it");
        }
        List<Backend> opened = new ArrayList<>();
        try {
            devices.forEach(device -> opened.add(cuda(driver, device, kernels, precision)));
            return new Backends(opened);
        } catch (RuntimeException | Error e) {
            opened.forEach(Backend::close);
            throw e;
        }
    }

    /** All cards but those that cannot be used, of which each is told. */
    private static List<CudaDevice> usable(CudaDriver driver, Consumer<String> say) {
        List<CudaDevice> usable = new ArrayList<>();
        for (CudaDevice device : driver.devices()) {
            device.refusal().ifPresentOrElse(reason -> say.accept("Not used: " + reason), () -> usable.add(device));
        }
        return usable.isEmpty() ? List.of(driver.device(0)) : usable;
    }

    private void requireSingle(Optional<Precision> precision) {
        precision.filter(asked -> asked != Precision.F32).ifPresent(asked -> {
            throw new InputException("--precision " + asked + " is for NVIDIA cards, and the network would run on "
                    + (kind == Kind.REFERENCE ? kind : Kind.CPU) + ", which computes in f32; leave --precision out");
        });
    }

    private Backend cpu(int threads, Optional<Precision> precision) {
        requireSingle(precision);
        CpuBackend backend = threads == 0 ? new CpuBackend() : new CpuBackend(threads);
        CpuBackend.rehearse();
        return backend;
    }

    private static Backend cuda(
            CudaDriver driver, CudaDevice device, Optional<Path> kernels, Optional<Precision> precision) {
        Precision chosen = precision.orElse(Precision.F16);
        if (!CudaBackend.computesIn(chosen, device.architecture())) {
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
        } catch (InputException | CudaException | DeviceLostException | MemoryException e) {
            // Nobody asked for this card: that it is ill or full is no reason to end.
            say.accept("No card is used: " + e.getMessage());
            return Optional.empty();
        }
    }

    /** As it is typed. */
    @Override
    public String toString() {
        if (kind != Kind.CUDA || cards.equals(List.of(0))) {
            return kind.toString();
        }
        return cards.isEmpty()
                ? ALL
                : CARD + cards.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
