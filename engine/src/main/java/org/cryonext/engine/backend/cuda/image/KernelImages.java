package org.cryonext.engine.backend.cuda.image;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.cryonext.engine.backend.cuda.driver.Architecture;
import org.cryonext.engine.backend.cuda.driver.CudaDriver;
import org.cryonext.engine.io.InputException;

/**
 * What a card gets to run for a source: a binary from a folder or from the program's jar, assembly from there if the card is
 * newer than all of these, or else what NVRTC makes of the source, once, for a cache on disk.
 */
public final class KernelImages {
    /** Names a folder of images; so does the option {@code --kernels}. */
    public static final String PROPERTY = "cryonext.cuda.kernels";

    private final List<KernelShelf> shelves;
    private final int newestMajor;
    private final Supplier<List<Nvrtc>> compilers;
    private final KernelCache cache;
    private List<Nvrtc> found;

    /**
     * @param newestMajor the CUDA that the driver belongs to: binaries of newer compilers are none of its
     * @param compilers asked once, when the first is needed
     */
    KernelImages(List<KernelShelf> shelves, int newestMajor, Supplier<List<Nvrtc>> compilers, KernelCache cache) {
        this.shelves = shelves;
        this.newestMajor = newestMajor;
        this.compilers = compilers;
        this.cache = cache;
    }

    /**
     * Those for this machine.
     *
     * @param folder images compiled ahead, where the user names some; else the system property {@value #PROPERTY} may
     * @throws InputException if the folder is none of images
     */
    public static KernelImages of(CudaDriver driver, Optional<Path> folder) {
        List<KernelShelf> shelves = new ArrayList<>();
        folder.or(() -> Optional.ofNullable(System.getProperty(PROPERTY)).map(Path::of))
                .map(KernelShelf::of)
                .ifPresent(shelves::add);
        shelves.add(KernelShelf.ofProgram());
        return new KernelImages(shelves, driver.version() / 1000, NvrtcFinder::find, KernelCache.ofUser());
    }

    /**
     * The image of a source for a card.
     *
     * @param name of the source, for instance {@code layer_norm}
     * @throws InputException if there is none and none can be made, with what to do
     */
    public KernelImage image(String name, Architecture card) {
        KernelSource source = KernelSource.of(name);
        return ready(source, card).orElseGet(() -> compile(source, card));
    }

    private Optional<KernelImage> ready(KernelSource source, Architecture card) {
        return shelves.stream()
                .flatMap(shelf -> shelf.cubin(source, card).stream())
                .findFirst()
                .or(() -> shelves.stream()
                        .flatMap(shelf -> shelf.ptx(source, card).stream())
                        .findFirst());
    }

    private KernelImage compile(KernelSource source, Architecture card) {
        Choice choice = choose(card).orElseThrow(() -> new InputException(nothing(source, card)));
        Nvrtc compiler = choice.compiler();
        byte[] image = cache.get(source, compiler, choice.target()).orElseGet(() -> {
            byte[] compiled = compiler.compile(source, choice.target()).image();
            cache.put(source, compiler, choice.target(), compiled);
            return compiled;
        });
        return new KernelImage(
                image,
                "NVRTC " + compiler.version(),
                source.name() + ".cu, compiled for " + choice.target().name() + " by NVRTC " + compiler.version());
    }

    /**
     * Where {@link #image} would take it from, without compiling.
     *
     * @throws InputException if there is none and none can be made, with what to do
     */
    public String plan(String name, Architecture card) {
        KernelSource source = KernelSource.of(name);
        return ready(source, card)
                .map(image -> "compiled ahead, from " + image.place())
                .orElseGet(() -> {
                    Choice choice = choose(card).orElseThrow(() -> new InputException(nothing(source, card)));
                    return "compiled for " + choice.target().name() + " at first use by NVRTC "
                            + choice.compiler().version();
                });
    }

    /** A compiler and what it shall make. */
    record Choice(Nvrtc compiler, Target target) {}

    /** The compiler that knows the card best; none if there is none, or none that the driver goes with. */
    synchronized Optional<Choice> choose(Architecture card) {
        if (found == null) {
            found = compilers.get();
        }
        List<Nvrtc> usable =
                found.stream().filter(nvrtc -> nvrtc.major() <= newestMajor).toList();
        return usable.stream()
                .filter(nvrtc -> nvrtc.architectures().contains(card))
                .map(nvrtc -> new Choice(nvrtc, new Target.Cubin(card)))
                .findFirst()
                .or(() -> usable.stream()
                        .flatMap(nvrtc -> newest(nvrtc, card).stream())
                        .findFirst());
    }

    /** The newest of the card's family, or assembly for the newest of all. */
    private static Optional<Choice> newest(Nvrtc nvrtc, Architecture card) {
        List<Architecture> older = nvrtc.architectures().stream()
                .filter(architecture -> architecture.compareTo(card) < 0)
                .filter(architecture -> architecture.refusal().isEmpty())
                .toList();
        return older.isEmpty()
                ? Optional.empty()
                : Optional.of(new Choice(
                        nvrtc,
                        card.runs(older.getLast())
                                ? new Target.Cubin(older.getLast())
                                : new Target.Ptx(older.getLast())));
    }

    private String nothing(KernelSource source, Architecture card) {
        List<String> places = shelves.stream()
                .map(shelf -> shelf.place() + (shelf.isEmpty() ? " holds no compiled kernels" : " holds none for it"))
                .toList();
        String compiler = found.isEmpty()
                ? "no compiler (NVRTC of CUDA 12 or 13) was found"
                : "the compilers that were found are of no use here ("
                        + String.join(
                                ", ",
                                found.stream()
                                        .map(nvrtc -> "NVRTC " + nvrtc.version() + " at " + nvrtc.path())
                                        .toList())
                        + "; the driver goes with CUDA " + newestMajor + ")";
        return "There is no " + source.name() + " kernel for a card of architecture " + card + ": "
                + String.join(", ", places) + ", and " + compiler + "; get one by: cryonext fetch cuda, or make kernels"
                + " on a machine that has one (cryonext kernels --arch " + card
                + " --out DIR) and give them by --kernels"
                + " DIR";
    }
}
