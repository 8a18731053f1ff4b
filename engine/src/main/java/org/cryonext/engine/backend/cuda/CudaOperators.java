package org.cryonext.engine.backend.cuda;

import java.util.List;
import java.util.Optional;
import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.backend.Usage;
import org.cryonext.engine.backend.cuda.tune.Candidate;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.AdamW;
import org.cryonext.engine.op.Add;
import org.cryonext.engine.op.Cast;
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
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.TensorType;

/** The kernel of each operator, whether they run on a card or are only planned. */
final class CudaOperators {
    /** Name of a joined node by the kernels of its parts. */
    static final String PARTS = "parts";

    /** Of a part, whose result the next one reads. */
    private static final Usage PARTS_USAGE = new Usage() {
        @Override
        public boolean reads(Node node, int output) {
            return true;
        }

        @Override
        public boolean constant(Node node, String input) {
            return false;
        }
    };

    private final CudaKernels kernels;
    private final GemmKernels gemms;
    private final MlpKernels mlps;
    private final Selection selection;

    /** Chooses among kernels that compute the same. */
    @FunctionalInterface
    interface Selection {
        /** @param ours kernels of this program, the usual one first */
        Kernel choose(Node node, Usage usage, List<Candidate> ours);
    }

    CudaOperators(CudaKernels kernels, GemmChoice choice, GemmKernels gemms, Selection selection) {
        this.kernels = kernels;
        this.gemms = gemms;
        this.mlps = new MlpKernels(kernels, choice);
        this.selection = selection;
    }

    private Kernel chosen(Node node, Usage usage) {
        return selection.choose(node, usage, gemms.candidates(node, usage));
    }

    private Kernel chosen(Node node, Usage usage, Kernel ours) {
        return selection.choose(node, usage, List.of(new Candidate(GemmKernels.OURS, ours)));
    }

    private Kernel orInParts(Node node, Usage usage, Kernel joined) {
        Kernel parts = new InParts(node, part -> kernel(part, PARTS_USAGE));
        return selection.choose(
                node, usage, List.of(new Candidate(GemmKernels.OURS, joined), new Candidate(PARTS, parts)));
    }

    /**
     * Whether one node is expected to be faster than its parts: a depthwise convolution that takes in its norm is, and a
     * gradient that takes in that of an activation; an MLP if it fills the card.
     */
    boolean prefers(Node node) {
        boolean joined = node.op() instanceof DepthwiseNorm
                || node.op() instanceof LinearInputGradient
                || node.op() instanceof GrnGradient
                || node.op() instanceof Mlp;
        return joined && refuses(node).isEmpty() && (!(node.op() instanceof Mlp) || mlps.fillsCard(node));
    }

    /** Why this node cannot be run here; empty if it can. */
    Optional<String> refuses(Node node) {
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
        if (node.op() instanceof DepthwiseNorm op) {
            return new DepthwiseKernels(kernels).refuses(node, op);
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

    /** The kernel of a node that is not refused. */
    Kernel kernel(Node node, Usage usage) {
        ElementKernels elements = new ElementKernels(kernels);
        BlockKernels blocks = new BlockKernels(kernels);
        LayerNormKernels layerNorms = new LayerNormKernels(kernels);
        GrnKernels grns = new GrnKernels(kernels);
        DepthwiseKernels depthwise = new DepthwiseKernels(kernels);
        LossKernels losses = new LossKernels(kernels);
        OptimizerKernels optimizers = new OptimizerKernels(kernels);
        return switch (node.op()) {
            case DepthwiseConv op -> chosen(node, usage, depthwise.convolution(node, "x", op.k(), false));
            case DepthwiseNorm op -> orInParts(node, usage, depthwise.normalised(node, op));
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
            case Mlp op -> orInParts(node, usage, mlps.mlp(node, op));
            case PatchConv op -> chosen(node, usage);
            case PatchConvInputGradient op -> chosen(node, usage);
            case PatchConvWeightGradient op -> chosen(node, usage);
            case Primitive op -> throw new IllegalArgumentException(node + " is refused");
            case Input op -> throw new IllegalArgumentException(node + " is not computed");
            case Variable op -> throw new IllegalArgumentException(node + " is not computed");
            case Reshape op -> throw new IllegalArgumentException(node + " is not computed");
        };
    }
}
