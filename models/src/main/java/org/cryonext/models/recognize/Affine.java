package org.cryonext.models.recognize;

import java.util.Optional;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Tensor;

/**
 * A convolution or linear layer with a factor and a summand for each channel behind it, which its weight and bias take
 * in.
 *
 * @param anchor the layer
 * @param factor behind its own bias
 * @param summand behind the factor
 */
record Affine(Node anchor, Coefficient factor, Coefficient summand) {

    /** The layer that gives a value; empty if something else lies between. */
    static Optional<Affine> of(Value value, Algebra algebra) {
        Node anchor = Region.before(value).anchor();
        // What makes its result larger, one channel many for instance, is no part of the layer.
        if (!value.shape().equals(anchor.output(0).shape())) {
            return Optional.empty();
        }
        Monomial layer = Monomial.of(anchor.output(0));
        Polynomial p = algebra.of(value, anchor.output(0));
        return p.coefficient(layer)
                .filter(c -> p.hasOnly(layer, Monomial.ONE))
                .map(factor -> new Affine(anchor, factor, p.constant()));
    }

    /** With another factor behind everything. */
    Affine times(Coefficient further) {
        return new Affine(anchor, factor.times(further), summand.times(further));
    }

    /** Number of channels of the result. */
    long outputs() {
        return anchor.output(0).shape().channels();
    }

    /**
     * The weight in the engine's shape, as F32 on the heap.
     *
     * @param last whether the channels of the result are its last dimension rather than its first
     */
    Tensor weight(Algebra algebra, boolean last) {
        Tensor weight = algebra.constants().get(anchor.input("weight"));
        float[] values = weight.to(DType.F32).toFloats();
        if (!factor.is(1, 0)) {
            int channels = (int) outputs();
            int each = values.length / channels;
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (values[i] * factor.at(last ? i % channels : i / each));
            }
        }
        return Tensor.of(values, weight.shape().toArray());
    }

    /** The bias as F32; zeros if the file has none. */
    Tensor bias(Algebra algebra) {
        Tensor stored = algebra.constants().get(anchor.input("bias"));
        Coefficient own = stored == null ? new Coefficient(0) : Coefficient.of(stored);
        return own.times(factor).plus(summand).tensor(outputs());
    }
}
