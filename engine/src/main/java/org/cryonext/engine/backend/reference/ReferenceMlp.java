package org.cryonext.engine.backend.reference;

import org.cryonext.engine.op.Activation;
import org.cryonext.engine.op.Linear;
import org.cryonext.engine.op.Mlp;
import org.cryonext.engine.tensor.TensorType;

/** {@link Mlp} by its parts, each of whose results is rounded to the element type as if it were stored. */
final class ReferenceMlp {
    private ReferenceMlp() {}

    static void forward(
            Mlp op,
            ReferenceBlock x,
            ReferenceBlock normWeight,
            ReferenceBlock normBias,
            ReferenceBlock weight1,
            ReferenceBlock bias1,
            ReferenceBlock gamma,
            ReferenceBlock beta,
            ReferenceBlock weight2,
            ReferenceBlock bias2,
            ReferenceBlock residual,
            ReferenceBlock scale,
            ReferenceBlock keep,
            ReferenceBlock y,
            ReferenceBlock affine) {
        TensorType hidden = x.type().withShape(x.type().shape().withChannels(weight1.dim(0)));
        ReferenceBlock normalised = block(x.type());
        ReferenceNorm.layerNorm(op.epsilon(), x, normWeight, normBias, normalised);
        ReferenceBlock h = block(hidden);
        if (affine == null) {
            ReferenceLinear.linear(new Linear(op.activation()), normalised, weight1, bias1, null, null, null, h);
        } else {
            ReferenceLinear.linear(new Linear(), normalised, weight1, bias1, null, null, null, affine);
            ReferencePointwise.gelu(op.activation() == Activation.GELU_TANH, affine, h);
        }
        ReferenceBlock g = h;
        if (gamma != null) {
            g = block(hidden);
            ReferenceNorm.grn(op.grnEpsilon(), h, gamma, beta, g);
        }
        ReferenceLinear.linear(new Linear(), g, weight2, bias2, residual, scale, keep, y);
    }

    private static ReferenceBlock block(TensorType type) {
        return new ReferenceBlock(new double[Math.toIntExact(type.shape().size())], 0, type);
    }
}
