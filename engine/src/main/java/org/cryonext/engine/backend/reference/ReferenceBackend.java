package org.cryonext.engine.backend.reference;

import java.util.Optional;
import java.util.stream.Stream;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.Bindings;
import org.cryonext.engine.backend.Block;
import org.cryonext.engine.backend.Heap;
import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.backend.MemoryException;
import org.cryonext.engine.backend.Slab;
import org.cryonext.engine.backend.Usage;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.AdamW;
import org.cryonext.engine.op.Add;
import org.cryonext.engine.op.ClipGradientNorm;
import org.cryonext.engine.op.DepthwiseConv;
import org.cryonext.engine.op.DepthwiseConvInputGradient;
import org.cryonext.engine.op.DepthwiseConvWeightGradient;
import org.cryonext.engine.op.DepthwiseNorm;
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
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;

/**
 * Runs every operator in every element type by plain loops over doubles; results are rounded to the element type when
 * they are stored, sums are not. Integers are exact up to 2^53. Slow; it is there to judge the other backends.
 */
public final class ReferenceBackend implements Backend {
    private static final long LARGEST = Integer.MAX_VALUE - 8;

    private long allocated;

    @Override
    public String name() {
        return "reference";
    }

    @Override
    public String description() {
        return "reference: plain loops in double precision, one thread";
    }

    @Override
    public Optional<String> refuses(Node node) {
        return Stream.concat(node.inputs().stream().filter(v -> v != null).map(Value::type), node.outputs().stream())
                .filter(type -> !fitsArray(type.shape()))
                .map(type -> type + " has more elements than a Java array")
                .findFirst();
    }

    /** Nothing is fast here; it takes what a card takes, so that it judges the same graphs. */
    @Override
    public boolean prefers(Node node) {
        boolean joined = node.op() instanceof DepthwiseNorm
                || node.op() instanceof LinearInputGradient
                || node.op() instanceof GrnGradient;
        return joined && refuses(node).isEmpty();
    }

    /** An empty tensor may have large dimensions; they are refused too, since kernels count in ints. */
    private static boolean fitsArray(Shape shape) {
        return shape.size() <= LARGEST && shape.dims().stream().allMatch(d -> d <= LARGEST);
    }

    @Override
    public Kernel kernel(Node node, Usage usage) {
        return bindings -> step(node, bindings);
    }

    private static Kernel.Step step(Node node, Bindings b) {
        return switch (node.op()) {
            case Linear op ->
                () -> ReferenceLinear.linear(
                        op,
                        in(b, "x"),
                        in(b, "weight"),
                        in(b, "bias"),
                        in(b, "residual"),
                        in(b, "scale"),
                        in(b, "keep"),
                        out(b, 0));
            case LinearInputGradient op ->
                () -> ReferenceLinear.inputGradient(op, in(b, "dy"), in(b, "weight"), in(b, "affine"), out(b, 0));
            case LinearWeightGradient op ->
                () -> ReferenceLinear.weightGradient(in(b, "dy"), in(b, "x"), out(b, 0), out(b, 1));
            case Mlp op ->
                () -> ReferenceMlp.forward(
                        op,
                        in(b, "x"),
                        in(b, "norm_weight"),
                        in(b, "norm_bias"),
                        in(b, "weight1"),
                        in(b, "bias1"),
                        in(b, "gamma"),
                        in(b, "beta"),
                        in(b, "weight2"),
                        in(b, "bias2"),
                        in(b, "residual"),
                        in(b, "scale"),
                        in(b, "keep"),
                        out(b, 0),
                        op.givesAffine() ? out(b, 1) : null);
            case PatchConv op ->
                () -> ReferencePatchConv.forward(op.k(), in(b, "x"), in(b, "weight"), in(b, "bias"), out(b, 0));
            case PatchConvInputGradient op ->
                () -> ReferencePatchConv.inputGradient(op.k(), in(b, "dy"), in(b, "weight"), out(b, 0));
            case PatchConvWeightGradient op ->
                () -> ReferencePatchConv.weightGradient(op.k(), in(b, "dy"), in(b, "x"), out(b, 0), out(b, 1));
            case DepthwiseConv op ->
                () -> ReferenceDepthwise.forward(op.k(), in(b, "x"), in(b, "weight"), in(b, "bias"), out(b, 0));
            case DepthwiseNorm op ->
                () -> ReferenceDepthwise.norm(
                        op,
                        in(b, "x"),
                        in(b, "weight"),
                        in(b, "bias"),
                        in(b, "norm_weight"),
                        in(b, "norm_bias"),
                        out(b, 0));
            case DepthwiseConvInputGradient op ->
                () -> ReferenceDepthwise.inputGradient(op.k(), in(b, "dy"), in(b, "weight"), out(b, 0));
            case DepthwiseConvWeightGradient op ->
                () -> ReferenceDepthwise.weightGradient(op.k(), in(b, "dy"), in(b, "x"), out(b, 0), out(b, 1));
            case LayerNorm op ->
                () -> ReferenceNorm.layerNorm(op.epsilon(), in(b, "x"), in(b, "weight"), in(b, "bias"), out(b, 0));
            case LayerNormGradient op ->
                () -> ReferenceNorm.layerNormGradient(
                        op.epsilon(), in(b, "dy"), in(b, "x"), in(b, "weight"), out(b, 0), out(b, 1), out(b, 2));
            case Grn op -> () -> ReferenceNorm.grn(op.epsilon(), in(b, "x"), in(b, "gamma"), in(b, "beta"), out(b, 0));
            case GrnGradient op ->
                () -> ReferenceNorm.grnGradient(
                        op, in(b, "dy"), in(b, "x"), in(b, "gamma"), in(b, "affine"), out(b, 0), out(b, 1), out(b, 2));
            case Gelu op -> () -> ReferencePointwise.gelu(op.tanh(), in(b, "x"), out(b, 0));
            case GeluGradient op ->
                () -> ReferencePointwise.geluGradient(op.tanh(), in(b, "dy"), in(b, "x"), out(b, 0));
            case Add op -> () -> ReferencePointwise.add(in(b, "a"), in(b, "b"), out(b, 0));
            case Fill op -> () -> ReferencePointwise.fill(op.value(), out(b, 0));
            case Residual op ->
                () -> ReferencePointwise.residual(
                        in(b, "x"), in(b, "branch"), in(b, "scale"), in(b, "keep"), out(b, 0));
            case ResidualGradient op ->
                () -> ReferencePointwise.residualGradient(
                        in(b, "dy"),
                        in(b, "branch"),
                        in(b, "scale"),
                        in(b, "keep"),
                        out(b, 0),
                        node.outputs().size() > 1 ? out(b, 1) : null);
            case Dropout op -> () -> ReferencePointwise.dropout(op, in(b, "x"), in(b, "seed"), out(b, 0));
            case DropPath op -> () -> ReferencePointwise.dropPath(op, in(b, "seed"), out(b, 0));
            case GlobalAveragePool op -> () -> ReferencePool.forward(in(b, "x"), out(b, 0));
            case GlobalAveragePoolGradient op -> () -> ReferencePool.gradient(in(b, "dy"), out(b, 0));
            case SoftmaxCrossEntropy op ->
                () -> ReferenceLoss.forward(op, in(b, "logits"), targets(b, op.labelSmoothing()), out(b, 0));
            case SoftmaxCrossEntropyGradient op ->
                () -> ReferenceLoss.gradient(
                        op, in(b, "dloss"), in(b, "logits"), targets(b, op.labelSmoothing()), out(b, 0));
            case AdamW op ->
                () -> ReferenceOptimizer.adamW(
                        op,
                        in(b, "parameter"),
                        in(b, "gradient"),
                        in(b, "m"),
                        in(b, "v"),
                        in(b, "hyper"),
                        in(b, "clip"));
            case ClipGradientNorm op ->
                () -> ReferenceOptimizer.clipGradientNorm(op.maxNorm(), all(b), out(b, 0), out(b, 1));
            case UnscaleGradients op -> () -> ReferenceOptimizer.unscale(op, all(b), out(b, 2), out(b, 3));
            case ExponentialMovingAverage op ->
                () -> ReferenceOptimizer.average(op.decay(), in(b, "average"), in(b, "value"));
            case Primitive op -> ReferencePrimitives.step(op, b);
            case Input op -> throw new IllegalArgumentException(node + " is not computed");
            case Variable op -> throw new IllegalArgumentException(node + " is not computed");
            case Reshape op -> throw new IllegalArgumentException(node + " is not computed");
        };
    }

    private static ReferenceLoss.Targets targets(Bindings b, double smoothing) {
        return new ReferenceLoss.Targets(in(b, "labels"), in(b, "weights"), in(b, "others"), in(b, "part"), smoothing);
    }

    private static ReferenceBlock in(Bindings b, String name) {
        return (ReferenceBlock) b.in(name);
    }

    private static ReferenceBlock out(Bindings b, int index) {
        return (ReferenceBlock) b.out(index);
    }

    static ReferenceBlock[] all(Bindings b) {
        ReferenceBlock[] blocks = new ReferenceBlock[b.inputs()];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = (ReferenceBlock) b.in(i);
        }
        return blocks;
    }

    @Override
    public long storageBytes(TensorType type) {
        return Math.multiplyExact(8, type.shape().size());
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
        if (bytes > availableBytes() || bytes / 8 > LARGEST) {
            throw new MemoryException("a tensor", bytes, availableBytes());
        }
        allocated += bytes;
        return new Doubles(new double[Math.toIntExact((bytes + 7) / 8)], bytes);
    }

    private final class Doubles implements Slab {
        private double[] array;
        private final long bytes;

        Doubles(double[] array, long bytes) {
            this.array = array;
            this.bytes = bytes;
        }

        @Override
        public long bytes() {
            return bytes;
        }

        @Override
        public void close() {
            if (array != null) {
                array = null;
                allocated -= bytes;
            }
        }
    }

    @Override
    public Block block(Slab slab, long offset, TensorType type) {
        return new ReferenceBlock(((Doubles) slab).array, Math.toIntExact(offset / 8), type);
    }

    @Override
    public void upload(Tensor source, Block target, long at) {
        ReferenceBlock block = (ReferenceBlock) target;
        int start = Math.toIntExact(at);
        for (int i = 0; i < source.size(); i++) {
            block.set(start + i, source.get(i));
        }
    }

    @Override
    public void download(Block source, Tensor target) {
        ReferenceBlock block = (ReferenceBlock) source;
        for (int i = 0; i < target.size(); i++) {
            target.set(i, block.get(i));
        }
    }

    @Override
    public void close() {}
}
