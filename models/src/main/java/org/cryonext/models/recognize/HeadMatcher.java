package org.cryonext.models.recognize;

import java.util.Optional;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.Linear;

/**
 * Finds out what an output of a file is.
 *
 * @param algebra expands values
 * @param refusal says what is wrong
 */
record HeadMatcher(Algebra algebra, Refusal refusal) {
    /**
     * What an output is.
     *
     * @throws org.cryonext.engine.io.InputException naming the node that does not fit
     */
    Feature match(Laid output) {
        Value y = output.value();
        boolean hasPositions =
                output.groups().stream().anyMatch(group -> group.contains(Axis.HEIGHT) || group.contains(Axis.WIDTH));
        Optional<Norm> norm = new LayerNormPattern(algebra).match(y);
        if (hasPositions) {
            return norm.filter(n -> isResultOfBlock(n.x()))
                    .<Feature>map(n -> new Feature.NormalisedMap(n.x(), n))
                    .orElseGet(() -> new Feature.Map(y));
        }
        if (isPooled(y)) {
            return new Feature.Means(y.node().input("x"));
        }
        return norm.filter(n -> isPooled(n.x()))
                .<Feature>map(n -> new Feature.Pooled(n.x().node().input("x"), n))
                .orElseGet(() -> logits(y));
    }

    private static boolean isResultOfBlock(Value value) {
        return Region.before(value).anchor().op() instanceof Linear;
    }

    private static boolean isPooled(Value value) {
        return Reductions.isMeanOfPositions(value.node());
    }

    private Feature logits(Value y) {
        Node linear = Region.before(y).anchor();
        Affine classifier = Affine.of(y, algebra)
                .filter(a -> a.anchor().op() instanceof Linear)
                .orElseThrow(
                        () -> refusal.of(y.node(), "gives the output, where a linear layer is expected to give it"));
        Value features = linear.input("x");
        if (isPooled(features)) {
            throw refusal.of(
                    linear,
                    "classifies pooled features that are not normalised, expected pooling, LayerNorm, classifier");
        }
        Norm norm = new LayerNormPattern(algebra)
                .match(features)
                .orElseThrow(() -> refusal.of(
                        features.node(),
                        "stands where a LayerNorm over the pooled features is expected, before the classifier"));
        if (!isPooled(norm.x())) {
            throw refusal.of(
                    norm.place(), "belongs to a LayerNorm before the classifier that does not follow the pooling");
        }
        return new Feature.Logits(norm.x().node().input("x"), norm, classifier);
    }
}
