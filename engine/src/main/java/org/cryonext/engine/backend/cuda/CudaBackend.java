package org.cryonext.engine.backend.cuda;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.Block;
import org.cryonext.engine.backend.Inlet;
import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.backend.Outlet;
import org.cryonext.engine.backend.Precision;
import org.cryonext.engine.backend.Sequence;
import org.cryonext.engine.backend.Slab;
import org.cryonext.engine.backend.SliceImages;
import org.cryonext.engine.backend.Usage;
import org.cryonext.engine.backend.cuda.driver.Architecture;
import org.cryonext.engine.backend.cuda.driver.CudaContext;
import org.cryonext.engine.backend.cuda.driver.CudaDevice;
import org.cryonext.engine.backend.cuda.driver.CudaDriver;
import org.cryonext.engine.backend.cuda.driver.CudaStream;
import org.cryonext.engine.backend.cuda.image.KernelImages;
import org.cryonext.engine.backend.cuda.image.KernelSource;
import org.cryonext.engine.backend.cuda.tune.Measurement;
import org.cryonext.engine.backend.cuda.tune.TuningCache;
import org.cryonext.engine.backend.cuda.tune.TuningSettings;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.op.Mlp;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;

/**
 * Runs graphs of F32, F16 and BF16 on an NVIDIA card. Kernels add in F32 and in one order, so that the same graph and
 * inputs give the same bits in every run. A run only hands its work to the card; {@link #download} waits for it.
 */
public final class CudaBackend implements Backend {
    /** Where blocks begin: more than any access needs, as the driver's own memory. */
    static final int ALIGNMENT = 256;

    private final CudaContext context;
    /** For inputs, beside what runs in the context's own stream. */
    private final CudaStream copies;

    private final CardKernels kernels;
    private final CudaOperators operators;
    private final boolean libraryForced;
    private final KernelChooser chooser;
    private final long slabBytes;
    private final Precision precision;

    /**
     * Takes a card into use, for F32.
     *
     * @param images binaries of the kernels
     */
    public CudaBackend(CudaDevice device, KernelImages images) {
        this(device, images, Precision.F32);
    }

    /**
     * Takes a card into use.
     *
     * @param images binaries of the kernels
     * @param precision what networks compute in; TF32 lets products of F32 run on tensor cores, which round the factors to
     *     10 bits after the point
     */
    public CudaBackend(CudaDevice device, KernelImages images, Precision precision) {
        this(
                device,
                images,
                device.totalBytes(),
                precision,
                GemmChoice.bySize(device.multiprocessors()),
                TuningSettings.ofSystem(),
                Tuner::new);
    }

    /**
     * A backend that computes products in tiles of one shape wherever there is a kernel for it: to be measured.
     *
     * @param tile one of {@link #tiles}
     * @param precision what networks compute in
     */
    public static CudaBackend preferring(String tile, CudaDevice device, KernelImages images, Precision precision) {
        GemmChoice choice = GemmChoice.preferring(tile, GemmChoice.bySize(device.multiprocessors()));
        return new CudaBackend(device, images, device.totalBytes(), precision, choice, TuningSettings.OWN, Tuner::new);
    }

    /** Whether a card of this architecture has the instructions: the first tensor cores (sm_75) take F16 alone. */
    public static boolean computesIn(Precision precision, Architecture architecture) {
        return GemmArithmetic.of(precision.dtype(), precision == Precision.TF32).runsOn(architecture);
    }

    /** Names of the shapes of tiles, for instance {@code 128x96}. */
    public static List<String> tiles() {
        return GemmTile.ALL.stream().map(GemmTile::toString).toList();
    }

    /** @param slabBytes largest slab that several values share; 0 gives each a piece of memory of its own */
    CudaBackend(CudaDevice device, KernelImages images, long slabBytes) {
        this(device, images, slabBytes, Precision.F32, GemmChoice.bySize(device.multiprocessors()));
    }

    /** A backend of this program's kernels alone. */
    CudaBackend(CudaDevice device, KernelImages images, long slabBytes, Precision precision, GemmChoice choice) {
        this(device, images, slabBytes, precision, choice, TuningSettings.OWN, Tuner::new);
    }

    /** @param tuner what measures where the settings say so */
    CudaBackend(
            CudaDevice device,
            KernelImages images,
            long slabBytes,
            Precision precision,
            GemmChoice choice,
            TuningSettings settings,
            Function<CudaContext, Tuner> tuner) {
        this(device, images, slabBytes, precision, choice, settings, tuner, CublasKernels.pieceBytes(device));
    }

    /** @param pieceBytes of cuBLAS's products where something follows them */
    CudaBackend(
            CudaDevice device,
            KernelImages images,
            long slabBytes,
            Precision precision,
            GemmChoice choice,
            TuningSettings settings,
            Function<CudaContext, Tuner> tuner,
            long pieceBytes) {
        this.precision = precision;
        boolean tf32 = precision == Precision.TF32;
        context = new CudaContext(device);
        try {
            copies = context.newStream();
            kernels = new CardKernels(context, images);
            GemmKernels gemms = new GemmKernels(kernels, choice, tf32);
            LibraryKernels libraries = new LibraryKernels(kernels, gemms, tf32, settings.libraries(), pieceBytes);
            chooser =
                    new KernelChooser(libraries, settings, () -> tunings(settings, device), tuner.apply(context), tf32);
            operators = new CudaOperators(kernels, choice, gemms, chooser::choose);
            libraryForced = settings.libraries().forced();
        } catch (RuntimeException e) {
            context.close();
            throw e;
        }
        this.slabBytes = slabBytes;
    }

    /** What was measured on a card, with this machine's driver and this program's kernels. */
    private static Optional<TuningCache> tunings(TuningSettings settings, CudaDevice device) {
        return settings.cache()
                .map(folder -> new TuningCache(
                        folder,
                        new TuningCache.Subject(
                                device.name(), CudaDriver.release().orElse("unknown"), KernelSource.digestOfAll())));
    }

    @Override
    public String name() {
        int ordinal = context.device().ordinal();
        return ordinal == 0 ? "cuda" : "cuda:" + ordinal;
    }

    @Override
    public String description() {
        CudaDevice device = context.device();
        return "cuda: " + device.name() + ", " + device.architecture().sm() + ", " + device.multiprocessors()
                + " multiprocessors, " + (device.totalBytes() >> 20) + " MiB, " + precision;
    }

    @Override
    public String arithmetic() {
        return description() + ", driver " + CudaDriver.release().orElse("unknown") + ", kernels "
                + KernelSource.digestOfAll();
    }

    @Override
    public Precision precision() {
        return precision;
    }

    @Override
    public Optional<String> refuses(Node node) {
        return operators.refuses(node);
    }

    /** A library that has to be used has no kernel for an MLP, but for the parts of one. */
    @Override
    public boolean prefers(Node node) {
        return operators.prefers(node) && !(node.op() instanceof Mlp && libraryForced);
    }

    @Override
    public Kernel kernel(Node node, Usage usage) {
        return operators.kernel(node, usage);
    }

    /** Whether each of NVIDIA's libraries can be used on this card, or why not, by its name; loads what may be used. */
    public SortedMap<String, String> libraries() {
        return chooser.libraries();
    }

    /** What was measured on this card of kernels that compute the same, by work: an operator's text and its types. */
    public SortedMap<String, Measurement> measurements() {
        return chooser.measurements();
    }

    @Override
    public SortedMap<String, String> choices() {
        return chooser.choices();
    }

    @Override
    public Optional<String> choice(Node node, Usage usage) {
        return chooser.choice(node, usage);
    }

    @Override
    public void repeat(Map<String, String> choices, Consumer<String> say) {
        chooser.repeat(choices, say);
    }

    @Override
    public Sequence sequence(List<Kernel.Step> steps) {
        return new CudaSequence(context.stream(), TableStep.join(steps, kernels));
    }

    @Override
    public void synchronize() {
        context.stream().synchronize();
    }

    @Override
    public long storageBytes(TensorType type) {
        return Math.ceilDiv(type.bytes(), ALIGNMENT) * ALIGNMENT;
    }

    @Override
    public long preferredSlabBytes() {
        return slabBytes;
    }

    @Override
    public boolean isOnHeap() {
        return false;
    }

    @Override
    public long availableBytes() {
        return context.freeBytes();
    }

    @Override
    public Slab allocate(long bytes) {
        return new CudaSlab(context.allocate(bytes));
    }

    @Override
    public Block block(Slab slab, long offset, TensorType type) {
        return new CudaBlock(((CudaSlab) slab).memory().address() + offset, type);
    }

    @Override
    public void upload(Tensor source, Block target, long at) {
        CudaBlock block = (CudaBlock) target;
        Tensor converted = source.to(block.dtype());
        long address = block.address() + at * block.dtype().bytes();
        context.stream().upload(converted.data(), 0, address, converted.data().byteSize());
    }

    @Override
    public void download(Block source, Tensor target) {
        CudaBlock block = (CudaBlock) source;
        boolean same = block.dtype() == target.dtype();
        Tensor received = same ? target : Tensor.zeros(new TensorType(block.dtype(), target.shape()));
        context.stream()
                .download(block.address(), received.data(), 0, received.data().byteSize());
        if (!same) {
            Tensor converted = received.to(target.dtype());
            target.data().copyFrom(converted.data());
        }
    }

    @Override
    public Inlet inlet(Block target) {
        return new CudaInlet(context, copies, (CudaBlock) target);
    }

    @Override
    public long inletBytes(TensorType type) {
        return storageBytes(type);
    }

    @Override
    public Optional<SliceImages> sliceImages(Block target, SliceImages.Recipe recipe) {
        return Optional.of(new CudaSliceImages(kernels, copies, (CudaBlock) target, recipe));
    }

    @Override
    public Outlet outlet(List<Block> sources) {
        return new CudaOutlet(
                context, sources.stream().map(source -> (CudaBlock) source).toList());
    }

    @Override
    public void close() {
        context.close();
    }
}
