package org.cryonext.engine.op;

import java.util.List;
import java.util.Set;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/**
 * All of a ConvNeXt block behind its depthwise convolution: n = LayerNorm(x), h = activation(n weight1^T + bias1), g =
 * Grn(h) where gamma and beta are given, else h, z = g weight2^T + bias2, and, given a residual, y = residual + keep * scale
 * * z, else y = z. For backends that have kernels for it; {@link org.cryonext.engine.pass.FuseMlp} makes it.
 *
 * <p>In training a second output, affine [N, ..., H], is what the activation was given, which gradients read.
 *
 * <p>x, residual, y: [N, ..., C]; norm_weight, norm_bias, bias2, scale: [C]; weight1: [H, C]; bias1, gamma, beta: [H];
 * weight2: [C, H]; keep: [N].
 *
 * @param epsilon of the LayerNorm
 * @param activation of the hidden values
 * @param grnEpsilon of the Grn; 0 where there is none
 * @param givesAffine whether there is the second output
 */
public record Mlp(double epsilon, Activation activation, double grnEpsilon, boolean givesAffine) implements Fused {
    private static final Slots SLOTS =
            Slots.of("x, norm_weight, norm_bias, weight1, bias1?, gamma?, beta?, weight2, bias2?,"
                    + " residual?, scale?, keep?");

    /** With one output. */
    public Mlp(double epsilon, Activation activation, double grnEpsilon) {
        this(epsilon, activation, grnEpsilon, false);
    }

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        Shape x = in.shape("x");
        long hidden = in.rank("weight1", 2).dim(0);
        in.require("norm_weight", x.channels());
        in.require("norm_bias", x.channels());
        in.require("weight1", hidden, x.channels());
        in.require("bias1", hidden);
        in.require("gamma", hidden);
        in.require("beta", hidden);
        in.require("weight2", x.channels(), hidden);
        in.require("bias2", x.channels());
        in.require("residual", x);
        in.require("scale", x.channels());
        in.require("keep", x.dim(0));
        if (in.has("gamma") != in.has("beta")) {
            throw in.error("gamma and beta come together");
        }
        if (!in.has("residual") && (in.has("scale") || in.has("keep"))) {
            throw in.error("scale and keep need a residual");
        }
        if (givesAffine && activation == Activation.NONE) {
            throw in.error("without an activation there is nothing that one was given");
        }
        TensorType y = in.type("x");
        return givesAffine ? List.of(y, y.withShape(x.withChannels(hidden))) : List.of(y);
    }

    @Override
    public Set<String> single() {
        return Set.of("norm_weight", "norm_bias", "bias1", "gamma", "beta", "bias2", "scale", "keep");
    }

    @Override
    public long flops(Inputs in) {
        Shape x = in.shape("x");
        long hidden = in.shape("weight1").dim(0);
        long norm = in.has("gamma") ? 6 * x.rows() * hidden : 0;
        return 8 * x.size() + 4 * x.size() * hidden + norm;
    }
}
