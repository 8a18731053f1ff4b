package org.cryonext.engine.backend.cuda;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.Block;
import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.backend.Precision;
import org.cryonext.engine.backend.Sequence;
import org.cryonext.engine.backend.Slab;
import org.cryonext.engine.backend.Usage;
import org.cryonext.engine.backend.cuda.driver.CudaContext;
import org.cryonext.engine.backend.cuda.driver.CudaDevice;
import org.cryonext.engine.backend.cuda.driver.CudaDriver;
import org.cryonext.engine.backend.cuda.image.KernelImages;
import org.cryonext.engine.backend.cuda.image.KernelSource;
import org.cryonext.engine.backend.cuda.tune.Candidate;
import org.cryonext.engine.backend.cuda.tune.Measurement;
import org.cryonext.engine.backend.cuda.tune.TuningCache;
import org.cryonext.engine.backend.cuda.tune.TuningSettings;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.AdamW;
import org.cryonext.engine.op.Add;
import org.cryonext.engine.op.Cast;
import org.cryonext.engine.op.ClipGradientNorm;
import org.cryonext.engine.op.DepthwiseConv;
import org.cryonext.engine.op.DepthwiseConvInputGradient;
import org.cryonext.engine.op.DepthwiseConvWeightGradient;
import org.cryonext.engine.op.DropPath;
import org.cryonext.engine.op.Dropout;
import org.cryonext.engine.op.ExponentialMovingAverage;
import org.cryonext.engine.op.Fill;
import org.cryonext.engine.op.Gelu;
import org.cryonext.engine.op.GeluGradient;
import org.cryonext.engine.op.GlobalAveragePool;
import org.cryonext.engine.op.GlobalAveragePoolGradient;
import org.cryonext.engine.op.Grn;
import org.cryonext.engine.op.GrnGradient;
import org.cryonext.engine.op.Input;
import org.cryonext.engine.op.LayerNorm;
import org.cryonext.engine.op.LayerNormGradient;
import org.cryonext.engine.op.Linear;
import org.cryonext.engine.op.LinearInputGradient;
import org.cryonext.engine.op.LinearWeightGradient;
import org.cryonext.engine.op.Mlp;
import org.cryonext.engine.op.PatchConv;
import org.cryonext.engine.op.PatchConvInputGradient;
import org.cryonext.engine.op.PatchConvWeightGradient;
import org.cryonext.engine.op.Primitive;
import org.cryonext.engine.op.Reshape;
import org.cryonext.engine.op.Residual;
import org.cryonext.engine.op.ResidualGradient;
import org.cryonext.engine.op.SoftmaxCrossEntropy;
import org.cryonext.engine.op.SoftmaxCrossEntropyGradient;
import org.cryonext.engine.op.UnscaleGradients;
import org.cryonext.engine.op.Variable;
import org.cryonext.engine.tensor.DType;
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
    private final CudaKernels kernels;
    private final GemmKernels gemms;
    private final MlpKernels mlps;
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
        this.precision = precision;
        boolean tf32 = precision == Precision.TF32;
        context = new CudaContext(device);
        try {
            kernels = new CudaKernels(context, images);
            gemms = new GemmKernels(kernels, choice, tf32);
            mlps = new MlpKernels(kernels, choice);
            LibraryKernels libraries = new LibraryKernels(kernels, gemms, tf32, settings.libraries());
            chooser =
                    new KernelChooser(libraries, settings, () -> tunings(settings, device), tuner.apply(context), tf32);
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
        return "cuda";
    }

    @Override
    public String description() {
        CudaDevice device = context.device();
        return "cuda: " + device.name() + ", " + device.architecture().sm() + ", " + device.multiprocessors()
                + " multiprocessors, " + (device.totalBytes() >> 20) + " MiB, " + precision;
    }

    @Override
    public Precision precision() {
        return precision;
    }

    @Override
    public Optional<String> refuses(Node node) {
        if (node.op() instanceof Primitive && !(node.op() instanceof Cast)) {
            return Optional.of("it has no kernel here; the reference backend computes it");
        }
        for (TensorType type : node.outputs()) {
            if (!isHeld(type.dtype())) {
                return Optional.of(unknown(type));
            }
        }
        DType shared = null;
        for (int i = 0; i < node.inputs().size(); i++) {
            Value value = node.inputs().get(i);
            if (value == null) {
                continue;
            }
            DType dtype = value.type().dtype();
            if (!isHeld(dtype)) {
                return Optional.of(unknown(value.type()));
            }
            String name = node.op().slots().name(i);
            if (dtype == DType.I32) {
                continue;
            }
            if (node.op().single().contains(name) && dtype != DType.F32) {
                return Optional.of(name + " is " + value.type() + ", expected F32");
            }
            if (!node.op().single().contains(name)) {
                if (shared != null && shared != dtype) {
                    return Optional.of(name + " is " + value.type() + ", but another input is " + shared);
                }
                shared = dtype;
            }
        }
        if (node.op() instanceof Cast
                && !(node.input("x").type().dtype().isFloating()
                        && node.outputs().getFirst().dtype().isFloating())) {
            return Optional.of("only casts between floating types have a kernel here;"
                    + " the reference backend computes in every type");
        }
        Optional<String> noProduct = node.op() instanceof Mlp mlp ? mlps.refuses(node, mlp) : gemms.refuses(node);
        if (noProduct.isPresent()) {
            return noProduct;
        }
        if (node.op() instanceof LayerNormGradient
                && node.input("x").shape().channels() > LayerNormKernels.MOST_CHANNELS) {
            return Optional.of("it has more than " + LayerNormKernels.MOST_CHANNELS + " channels");
        }
        return Optional.empty();
    }

    private static boolean isHeld(DType dtype) {
        return dtype == DType.F32 || dtype == DType.F16 || dtype == DType.BF16 || dtype == DType.I32;
    }

    private static String unknown(TensorType type) {
        return type + " is none of F32, F16, BF16 and I32; the reference backend computes in every type";
    }

    @Override
    public Kernel kernel(Node node, Usage usage) {
        ElementKernels elements = new ElementKernels(kernels);
        BlockKernels blocks = new BlockKernels(kernels);
        LayerNormKernels layerNorms = new LayerNormKernels(kernels);
        GrnKernels grns = new GrnKernels(kernels);
        DepthwiseKernels depthwise = new DepthwiseKernels(kernels);
        LossKernels losses = new LossKernels(kernels);
        OptimizerKernels optimizers = new OptimizerKernels(kernels);
        return switch (node.op()) {
            case DepthwiseConv op -> chosen(node, usage, depthwise.convolution(node, "x", op.k(), false));
            case DepthwiseConvInputGradient op -> chosen(node, usage, depthwise.convolution(node, "dy", op.k(), true));
            case DepthwiseConvWeightGradient op -> chosen(node, usage, depthwise.weightGradient(node, op.k()));
            case LayerNorm op -> layerNorms.layerNorm(op);
            case LayerNormGradient op -> layerNorms.layerNormGradient(node, op);
            case Grn op -> grns.grn(node, op);
            case GrnGradient op -> grns.grnGradient(node, op);
            case Gelu op -> elements.gelu(op.tanh());
            case GeluGradient op -> elements.geluGradient(op.tanh());
            case Add op -> elements.add();
            case Fill op -> elements.fill(op);
            case Dropout op -> elements.dropout(op);
            case DropPath op -> elements.dropPath(op);
            case Cast op -> elements.cast();
            case Residual op -> blocks.residual();
            case ResidualGradient op -> blocks.residualGradient(node);
            case GlobalAveragePool op -> blocks.pool();
            case GlobalAveragePoolGradient op -> blocks.poolGradient();
            case SoftmaxCrossEntropy op -> losses.loss(op.labelSmoothing(), op.focus());
            case SoftmaxCrossEntropyGradient op -> losses.gradient(op.labelSmoothing(), op.focus());
            case AdamW op -> optimizers.adamW(node, op);
            case ClipGradientNorm op -> optimizers.clip(node, op);
            case UnscaleGradients op -> optimizers.unscale(node, op);
            case ExponentialMovingAverage op -> optimizers.average(node, op);
            case Linear op -> chosen(node, usage);
            case LinearInputGradient op -> chosen(node, usage);
            case LinearWeightGradient op -> chosen(node, usage);
            case Mlp op -> mlps.mlp(node, op);
            case PatchConv op -> chosen(node, usage);
            case PatchConvInputGradient op -> chosen(node, usage);
            case PatchConvWeightGradient op -> chosen(node, usage);
            case Primitive op -> throw new IllegalArgumentException(node + " is refused");
            case Input op -> throw new IllegalArgumentException(node + " is not computed");
            case Variable op -> throw new IllegalArgumentException(node + " is not computed");
            case Reshape op -> throw new IllegalArgumentException(node + " is not computed");
        };
    }

    private Kernel chosen(Node node, Usage usage) {
        return chooser.choose(node, usage, gemms.candidates(node, usage));
    }

    private Kernel chosen(Node node, Usage usage, Kernel ours) {
        return chooser.choose(node, usage, List.of(new Candidate(GemmKernels.OURS, ours)));
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
    public void repeat(Map<String, String> choices, Consumer<String> say) {
        chooser.repeat(choices, say);
    }

    @Override
    public Sequence sequence(List<Kernel.Step> steps) {
        return new CudaSequence(context.stream(), steps);
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
    public void close() {
        context.close();
    }
}
