package org.cryonext.models.recognize;

import java.util.LinkedList;
import java.util.List;
import java.util.Optional;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.Input;
import org.cryonext.engine.op.Linear;
import org.cryonext.engine.op.PatchConv;
import org.cryonext.models.convnext.ConvNextConfig;

/**
 * Finds stem and stages, from the last feature map backwards.
 *
 * @param algebra expands values
 * @param blocks finds blocks
 * @param epsilons judges epsilons
 * @param refusal says what is wrong
 */
record TrunkMatcher(Algebra algebra, BlockMatcher blocks, Epsilons epsilons, Refusal refusal) {

    /**
     * The trunk that gives a value.
     *
     * @throws org.cryonext.engine.io.InputException naming the node that does not fit
     */
    Trunk match(Value map) {
        LinkedList<Trunk.Stage> stages = new LinkedList<>();
        while (true) {
            LinkedList<Block> found = new LinkedList<>();
            Value y = map;
            while (Region.before(y).anchor().op() instanceof Linear) {
                found.addFirst(blocks.match(y));
                y = found.getFirst().x();
            }
            Node convolution = Region.before(y).anchor();
            if (!(convolution.op() instanceof PatchConv patch)) {
                throw refusal.of(convolution, "is not followed by a LayerNorm and two linear layers, as in a block");
            }
            if (found.isEmpty()) {
                throw refusal.of(convolution, "is not followed by a block of depthwise convolution and linear layers");
            }
            if (convolution.input("x").node().op() instanceof Input) {
                stages.addFirst(new Trunk.Stage(Optional.empty(), List.copyOf(found), map));
                return trunk(y, convolution, stages);
            }
            if (Region.before(convolution.input("x")).anchor().op() instanceof Input) {
                throw refusal.of(
                        convolution.input("x").node(),
                        "changes the images before the first convolution, expected the network alone");
            }
            Trunk.Downsample downsample = downsample(y, convolution, patch);
            stages.addFirst(new Trunk.Stage(Optional.of(downsample), List.copyOf(found), map));
            map = downsample.norm().x();
        }
    }

    private Trunk trunk(Value y, Node convolution, List<Trunk.Stage> stages) {
        Norm norm = epsilons.require(new LayerNormPattern(algebra)
                .match(y)
                .orElseThrow(
                        () -> refusal.of(y.node(), "stands where the stem's LayerNorm over the channels is expected")));
        Affine stem = affine(norm.x());
        if (stages.size() != ConvNextConfig.STAGES) {
            throw refusal.of(
                    convolution,
                    "is the stem of " + stages.size() + " stage" + (stages.size() == 1 ? "" : "s") + ", expected "
                            + ConvNextConfig.STAGES);
        }
        return new Trunk(stem, norm, y, List.copyOf(stages));
    }

    private Trunk.Downsample downsample(Value y, Node convolution, PatchConv patch) {
        if (patch.k() != 2) {
            throw refusal.of(
                    convolution,
                    "has kernels of " + patch.k() + " x " + patch.k() + " between two stages, expected 2 x 2");
        }
        Value before = convolution.input("x");
        Norm norm = epsilons.require(new LayerNormPattern(algebra)
                .match(before)
                .orElseThrow(() -> refusal.of(
                        before.node(), "stands where a LayerNorm over the channels is expected, between two stages")));
        return new Trunk.Downsample(norm, affine(y));
    }

    private Affine affine(Value y) {
        return Affine.of(y, algebra)
                .orElseThrow(() -> refusal.of(y.node(), "stands behind the convolution before a stage"));
    }
}
