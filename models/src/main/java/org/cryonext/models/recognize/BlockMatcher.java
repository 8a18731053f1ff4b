package org.cryonext.models.recognize;

import java.util.List;
import java.util.Optional;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.op.DepthwiseConv;
import org.cryonext.engine.op.Linear;
import org.cryonext.engine.op.Unary;
import org.cryonext.models.convnext.ConvNextConfig;

/**
 * Finds blocks, from their result backwards.
 *
 * @param algebra expands values
 * @param gelu finds GELU
 * @param epsilons judges epsilons
 * @param refusal says what is wrong
 */
record BlockMatcher(Algebra algebra, GeluPattern gelu, Epsilons epsilons, Refusal refusal) {
    /**
     * The block that gives a value whose last anchor is a linear layer.
     *
     * @throws org.cryonext.engine.io.InputException naming the node that does not fit
     */
    Block match(Value y) {
        Node contract = Region.before(y).anchor();
        Value hidden = contract.input("x");
        Region mlp = Region.before(hidden);
        Node expand = mlp.anchor();
        if (!(expand.op() instanceof Linear)) {
            throw refusal.of(contract, "is not the second of two linear layers of a block");
        }
        long channels = contract.output(0).shape().channels();
        if (hidden.shape().channels() != ConvNextConfig.EXPANSION * channels) {
            throw refusal.of(
                    expand,
                    "has " + hidden.shape().channels() + " outputs in a block of " + channels + " channels, expected "
                            + ConvNextConfig.EXPANSION * channels);
        }
        Optional<Norm> grn = GrnPattern.isIn(mlp) ? Optional.of(grn(hidden)) : Optional.empty();
        GeluPattern.Match activation = gelu(grn.map(Norm::x).orElse(hidden), expand);
        Affine first = affine(activation.x(), "is neither linear layer nor GELU");
        Norm norm = norm(expand);
        Affine depthwise = depthwise(norm);
        Value x = depthwise.anchor().input("x");
        return residual(
                y, new Block(x, depthwise, norm, first, activation.form(), grn, bias(y, contract), Optional.empty()));
    }

    private Norm grn(Value y) {
        return epsilons.require(new GrnPattern(algebra)
                .match(y)
                .orElseThrow(() -> refusal.of(y.node(), "gives what should be a global response normalisation")));
    }

    private GeluPattern.Match gelu(Value y, Node linear) {
        return gelu.match(y, linear).orElseThrow(() -> {
            Node activation =
                    Region.before(y).last(n -> n.op() instanceof Unary).orElse(y.node());
            return refusal.of(activation, "stands where a GELU is expected, between the linear layers of a block");
        });
    }

    private Norm norm(Node expand) {
        Value h = expand.input("x");
        return epsilons.require(new LayerNormPattern(algebra)
                .match(h)
                .orElseThrow(() -> refusal.of(
                        h.node(),
                        "stands where a LayerNorm over the channels is expected, between depthwise convolution and linear"
                                + " layer")));
    }

    private Affine affine(Value value, String otherwise) {
        return Affine.of(value, algebra).orElseThrow(() -> refusal.of(value.node(), otherwise));
    }

    private Affine depthwise(Norm norm) {
        Affine found = affine(norm.x(), "stands between a depthwise convolution and its LayerNorm");
        if (!(found.anchor().op() instanceof DepthwiseConv depthwise)) {
            throw refusal.of(
                    found.anchor(), "stands where a depthwise convolution is expected, at the start of a block");
        }
        if (depthwise.k() != ConvNextConfig.KERNEL) {
            throw refusal.of(
                    found.anchor(),
                    "has kernels of " + depthwise.k() + " x " + depthwise.k() + ", expected " + ConvNextConfig.KERNEL
                            + " x " + ConvNextConfig.KERNEL);
        }
        return found;
    }

    /** The second linear layer with its bias, but without the layer scale behind it. */
    private Affine bias(Value y, Node contract) {
        Monomial layer = Monomial.of(contract.output(0));
        Region region = Region.before(y);
        for (Node node : region.isLarge() ? List.<Node>of() : region.inner()) {
            Polynomial p = algebra.of(node.output(0), contract.output(0));
            if (p.coefficient(layer).filter(c -> c.same(Coefficient.ONE)).isPresent()
                    && p.hasOnly(layer, Monomial.ONE)
                    && node.output(0).shape().equals(contract.output(0).shape())) {
                return new Affine(contract, Coefficient.ONE, p.constant());
            }
        }
        return new Affine(contract, Coefficient.ONE, new Coefficient(0));
    }

    /** The block with what is done to the second layer's result before it is added. */
    private Block residual(Value y, Block block) {
        Node contract = block.contract().anchor();
        Monomial layer = Monomial.of(contract.output(0));
        Monomial input = Monomial.of(block.x());
        Polynomial p = algebra.of(y, block.x(), contract.output(0));
        boolean added = p.has(input, 1);
        if (!added && Region.before(block.x()).anchor().op() instanceof DepthwiseConv) {
            throw refusal.of(block.depthwise().anchor(), "is a second depthwise convolution behind another");
        }
        boolean same = y.shape().equals(block.x().shape())
                && y.shape().equals(contract.output(0).shape());
        if (!added || !same || !p.hasOnly(input, layer, Monomial.ONE)) {
            throw noResidual(y);
        }
        Coefficient scale = p.coefficient(layer).orElse(new Coefficient(0));
        Coefficient summand = p.constant();
        Coefficient expected = block.contract().summand().times(scale);
        if (!summand.same(expected)) {
            throw noResidual(y);
        }
        if (scale.same(Coefficient.ONE)) {
            return block;
        }
        // V2 has no layer scale of its own; the second layer's weights take it in.
        boolean second = block.grn().isPresent();
        return new Block(
                block.x(),
                block.depthwise(),
                block.norm(),
                block.expand(),
                block.activation(),
                block.grn(),
                second ? block.contract().times(scale) : block.contract(),
                second ? Optional.empty() : Optional.of(scale));
    }

    private InputException noResidual(Value y) {
        return refusal.of(y.node(), "does not give a block's input plus the scaled result of its linear layers");
    }
}
