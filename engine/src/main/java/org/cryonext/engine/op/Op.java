package org.cryonext.engine.op;

import java.util.List;
import java.util.Set;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.TensorType;

/**
 * An operator: everything about it that is not a kernel. Sealed, so that a backend's {@code switch} over it is complete
 * or does not compile. Values are dense, images are [N, H, W, C].
 */
public sealed interface Op
        permits AdamW,
                Add,
                ClipGradientNorm,
                DepthwiseConv,
                DepthwiseConvInputGradient,
                DepthwiseConvWeightGradient,
                DropPath,
                Dropout,
                ExponentialMovingAverage,
                Fill,
                Fused,
                Gelu,
                GeluGradient,
                GlobalAveragePool,
                GlobalAveragePoolGradient,
                Grn,
                GrnGradient,
                Input,
                LayerNorm,
                LayerNormGradient,
                Linear,
                LinearInputGradient,
                LinearWeightGradient,
                PatchConv,
                PatchConvInputGradient,
                PatchConvWeightGradient,
                Primitive,
                Reshape,
                Residual,
                ResidualGradient,
                SoftmaxCrossEntropy,
                SoftmaxCrossEntropyGradient,
                UnscaleGradients,
                Variable {

    /** Names of the inputs in order. */
    Slots slots();

    /**
     * The types of the outputs.
     *
     * @throws IllegalArgumentException if the inputs do not fit together
     */
    List<TensorType> infer(Inputs in);

    /** Floating-point operations of one run. */
    long flops(Inputs in);

    /**
     * Adds the nodes that carry the gradient from the outputs to the inputs.
     *
     * @throws UnsupportedOperationException if the operator has none, as gradients themselves
     */
    default void gradient(Gradient g) {
        throw new UnsupportedOperationException(this + " has no gradient rule");
    }

    /** Inputs whose memory output 0 may take over if nothing else needs them; a kernel must allow for that. */
    default Set<String> mayOverwrite() {
        return Set.of();
    }

    /**
     * Inputs that stay F32 where the others are F16 or BF16: vectors, small filters, and all that the optimiser works on.
     * Sums over a batch, which are outputs, are F32 then as well, see {@link DType#wide}.
     */
    default Set<String> single() {
        return Set.of();
    }

    /** Inputs, all variables, that outputs 0, 1, ... replace: such a node updates them in place. */
    default List<String> updates() {
        return List.of();
    }

    /** Whether the result depends on the seed given as input "seed". */
    default boolean random() {
        return false;
    }

    /** Work of one run. */
    default Cost cost(Inputs in) {
        long written = infer(in).stream().mapToLong(TensorType::bytes).sum();
        return new Cost(flops(in), in.bytes() + written);
    }
}
