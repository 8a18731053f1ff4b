package org.cryonext.engine.backend.cpu;

import java.util.Optional;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.Block;
import org.cryonext.engine.backend.Heap;
import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.backend.MemoryException;
import org.cryonext.engine.backend.Slab;
import org.cryonext.engine.backend.Usage;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.op.Activation;
import org.cryonext.engine.op.AdamW;
import org.cryonext.engine.op.Add;
import org.cryonext.engine.op.ClipGradientNorm;
import org.cryonext.engine.op.DepthwiseConv;
import org.cryonext.engine.op.DepthwiseConvInputGradient;
import org.cryonext.engine.op.DepthwiseConvWeightGradient;
import org.cryonext.engine.op.DropPath;
import org.cryonext.engine.op.Dropout;
import org.cryonext.engine.op.ExponentialMovingAverage;
import org.cryonext.engine.op.Fill;
import org.cryonext.engine.op.Fused;
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
 * Runs F32 graphs on the processor's vector units. The same graph and inputs give the same bits with any number of
 * threads; the vector width may change them.
 */
public final class CpuBackend implements Backend {
    private static final int LINE_BYTES = 64;
    private static final long LARGEST_BYTES = 4L * (Integer.MAX_VALUE - 64);

    private final CpuPool pool;
    private long allocated;

    /** With a thread for each available processor. */
    public CpuBackend() {
        this(Runtime.getRuntime().availableProcessors());
    }

    /**
     * @param threads number of threads, the calling one included
     * @throws InputException if this Java virtual machine runs without the vector module
     */
    public CpuBackend(int threads) {
        this(threads, CpuCaches.MACHINE);
    }

    /** @param caches that work is cut for */
    CpuBackend(int threads, CpuCaches caches) {
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            throw new InputException("The cpu backend needs Java's vector module; start Java with"
                    + " --add-modules jdk.incubator.vector (the cryonext launcher does).");
        }
        pool = new CpuPool(threads, caches);
    }

    /**
     * Has the kernels that every ConvNeXt waits for compiled on a thread of its own, once in a process: for whoever still
     * has weights and images to read before it computes.
     */
    public static void rehearse() {
        KernelRehearsal.begin();
    }

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public String description() {
        return "cpu: " + CpuSpecies.bits() + "-bit vectors, " + pool.size()
                + (pool.size() == 1 ? " thread" : " threads")
                + CpuSpecies.slowReason().map(reason -> "; slow: " + reason).orElse("");
    }

    /** Lanes decide the order of sums; threads do not. */
    @Override
    public String arithmetic() {
        return "cpu: " + CpuSpecies.bits() + "-bit vectors, " + System.getProperty("os.arch");
    }

    @Override
    public Optional<String> refuses(Node node) {
        if (node.op() instanceof Primitive) {
            return Optional.of("it has no kernel here; the reference backend computes it");
        }
        // The gradient of an activation inside the product would read its argument in strips, which takes longer than
        // it saves.
        boolean strips = node.op() instanceof LinearInputGradient op && op.activation() != Activation.NONE;
        if (strips || node.op() instanceof Fused && !(node.op() instanceof Mlp)) {
            return Optional.of("its parts are computed one by one here");
        }
        for (Value value : node.inputs()) {
            if (value != null && refusal(value.type()).isPresent()) {
                return refusal(value.type());
            }
        }
        return node.outputs().stream().flatMap(type -> refusal(type).stream()).findFirst();
    }

    @Override
    public boolean prefers(Node node) {
        boolean joined = node.op() instanceof Mlp || node.op() instanceof GrnGradient;
        return joined && refuses(node).isEmpty();
    }

    private static Optional<String> refusal(TensorType type) {
        if (type.dtype() != DType.F32 && type.dtype() != DType.I32) {
            return Optional.of(type + " is neither F32 nor I32; the reference backend computes in every type");
        }
        if (type.bytes() > LARGEST_BYTES) {
            return Optional.of(type + " has more elements than a Java array; use a smaller batch");
        }
        return Optional.empty();
    }

    @Override
    public Kernel kernel(Node node, Usage usage) {
        ProductKernels products = new ProductKernels(pool);
        WeightGradientKernels weights = new WeightGradientKernels(pool);
        NormKernels norms = new NormKernels(pool);
        GrnKernels grns = new GrnKernels(pool);
        PointwiseKernels pointwise = new PointwiseKernels(pool);
        LossKernels losses = new LossKernels(pool);
        OptimizerKernels optimizers = new OptimizerKernels(pool);
        return switch (node.op()) {
            case Linear op -> products.linear(node, op, usage);
            case LinearInputGradient op
            when op.activation() != Activation.NONE ->
                throw new IllegalArgumentException(node + " is computed in parts");
            case LinearInputGradient op -> products.linearInputGradient(node, usage);
            case LinearWeightGradient op -> weights.linear(node, usage);
            case PatchConv op -> products.patchConv(node, op, usage);
            case PatchConvInputGradient op -> products.patchConvInputGradient(node, op, usage);
            case PatchConvWeightGradient op -> weights.patchConv(node, op, usage);
            case DepthwiseConv op -> depthwise(node, "x", op.k(), false);
            case DepthwiseConvInputGradient op -> depthwise(node, "dy", op.k(), true);
            case DepthwiseConvWeightGradient op -> weights.depthwise(node, op);
            case Mlp op -> new MlpKernels(pool).mlp(node, op, usage);
            case LayerNorm op -> norms.layerNorm(node, op);
            case LayerNormGradient op -> norms.layerNormGradient(node, op);
            case Grn op -> grns.grn(node, op);
            case GrnGradient op -> grns.grnGradient(node, op);
            case Gelu op -> pointwise.gelu(op.tanh());
            case GeluGradient op -> pointwise.geluGradient(op.tanh());
            case Add op -> pointwise.add();
            case Fill op -> pointwise.fill(op);
            case Residual op -> pointwise.residual();
            case ResidualGradient op -> pointwise.residualGradient(node);
            case Dropout op -> pointwise.dropout(op);
            case DropPath op -> pointwise.dropPath(op);
            case GlobalAveragePool op -> pointwise.pool();
            case GlobalAveragePoolGradient op -> pointwise.poolGradient();
            case SoftmaxCrossEntropy op -> losses.loss(node, op.labelSmoothing(), op.focus());
            case SoftmaxCrossEntropyGradient op -> losses.gradient(node, op.labelSmoothing(), op.focus());
            case AdamW op -> optimizers.adamW(op);
            case ClipGradientNorm op -> optimizers.clip(op);
            case UnscaleGradients op -> optimizers.unscale(op);
            case ExponentialMovingAverage op -> optimizers.average(op);
            case Fused op -> throw new IllegalArgumentException(node + " is refused");
            case Primitive op -> throw new IllegalArgumentException(node + " is refused");
            case Input op -> throw new IllegalArgumentException(node + " is not computed");
            case Variable op -> throw new IllegalArgumentException(node + " is not computed");
            case Reshape op -> throw new IllegalArgumentException(node + " is not computed");
        };
    }

    private Kernel depthwise(Node node, String image, int k, boolean turned) {
        int[] dims = node.input(image).type().shape().toInts();
        DepthwiseForward convolution = new DepthwiseForward(dims[0], dims[1], dims[2], dims[3], k, turned, pool.size());
        return new CpuKernel(convolution.scratchFloats(), b -> {
            CpuPool.Body body = convolution.bind(
                    CpuKernel.in(b, image),
                    CpuKernel.in(b, "weight"),
                    turned ? null : CpuKernel.in(b, "bias"),
                    CpuKernel.out(b, 0),
                    CpuKernel.scratch(b));
            return () -> pool.parallel(convolution.tasks(), body);
        });
    }

    @Override
    public long storageBytes(TensorType type) {
        long bytes = Math.multiplyExact(4, type.shape().size());
        return Math.ceilDiv(bytes, LINE_BYTES) * LINE_BYTES;
    }

    @Override
    public long preferredSlabBytes() {
        return 1L << 31;
    }

    @Override
    public long availableBytes() {
        return Heap.availableBytes(allocated);
    }

    @Override
    public Slab allocate(long bytes) {
        if (bytes > availableBytes() || bytes > LARGEST_BYTES) {
            throw new MemoryException("a slab of tensors", bytes, Math.min(LARGEST_BYTES, availableBytes()));
        }
        CpuSlab slab = new CpuSlab(bytes, () -> allocated -= bytes);
        allocated += bytes;
        return slab;
    }

    @Override
    public Block block(Slab slab, long offset, TensorType type) {
        return new CpuBlock(((CpuSlab) slab).array(), CpuSlab.LEAD + Math.toIntExact(offset / 4), type);
    }

    @Override
    public void upload(Tensor source, Block target, long at) {
        CpuBlock block = (CpuBlock) target;
        int start = block.offset() + Math.toIntExact(at);
        int count = Math.toIntExact(source.size());
        if (block.type().dtype() == DType.I32) {
            for (int i = 0; i < count; i++) {
                block.array()[start + i] = Float.intBitsToFloat((int) source.get(i));
            }
        } else {
            source.copyTo(0, block.array(), start, count);
        }
    }

    @Override
    public void download(Block source, Tensor target) {
        CpuBlock block = (CpuBlock) source;
        int count = Math.toIntExact(target.size());
        if (block.type().dtype() == DType.I32) {
            for (int i = 0; i < count; i++) {
                target.set(i, Float.floatToRawIntBits(block.array()[block.offset() + i]));
            }
        } else {
            target.copyFrom(0, block.array(), block.offset(), count);
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
