package org.cryonext.models.onnx;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Finds the inputs of a model whose values decide shapes, for instance a target shape that the caller gives. */
final class ShapeInputs {
    private ShapeInputs() {}

    /**
     * Names of values that shapes depend on, inputs of the graph among them.
     *
     * @param nodes each after those it reads
     */
    static Set<String> of(List<OnnxNode> nodes) {
        Set<String> wanted = new HashSet<>();
        for (OnnxNode node : nodes.reversed()) {
            boolean all = node.outputs().stream().anyMatch(wanted::contains)
                    && !node.type().equals("Shape");
            Set<Integer> shaping =
                    Rules.find(node.domain(), node.type()).map(Rule::values).orElse(Set.of());
            for (int i = 0; i < node.inputs().size(); i++) {
                if (all || shaping.contains(i)) {
                    wanted.add(node.inputs().get(i));
                }
            }
        }
        return wanted;
    }
}
