package org.cryonext.models.recognize;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.DepthwiseConv;
import org.cryonext.engine.op.Input;
import org.cryonext.engine.op.Linear;
import org.cryonext.engine.op.PatchConv;
import org.cryonext.engine.op.Variable;

/**
 * The nodes that a value is computed by, back to the anchors before it: convolutions, linear layers and the images.
 *
 * @param end the value
 * @param inner the nodes between, the last one first; constants are left out
 * @param anchors the anchors, the last one first
 */
record Region(Value end, List<Node> inner, List<Node> anchors) {
    /** No part of a ConvNeXt has nearly as many; a search among all of them would take too long. */
    private static final int MANY = 1000;

    static Region before(Value end) {
        return before(end, Set.of());
    }

    /** @param known values that are not looked behind */
    static Region before(Value end, Set<Value> known) {
        Set<Node> seen = new HashSet<>();
        Deque<Value> open = new ArrayDeque<>(List.of(end));
        while (!open.isEmpty()) {
            Value value = open.pop();
            if (!known.contains(value)
                    && !(value.node().op() instanceof Variable)
                    && seen.add(value.node())
                    && !isAnchor(value.node())) {
                value.node().inputs().stream().filter(v -> v != null).forEach(open::push);
            }
        }
        Comparator<Node> lastFirst = Comparator.comparingInt(Node::id).reversed();
        return new Region(
                end,
                seen.stream().filter(n -> !isAnchor(n)).sorted(lastFirst).toList(),
                seen.stream().filter(Region::isAnchor).sorted(lastFirst).toList());
    }

    private static boolean isAnchor(Node node) {
        return switch (node.op()) {
            case Linear op -> true;
            case PatchConv op -> true;
            case DepthwiseConv op -> true;
            case Input op -> true;
            default -> false;
        };
    }

    /** The anchor that is computed last; every other one comes before it in any order of computation. */
    Node anchor() {
        return anchors.getFirst();
    }

    /** Whether there are more nodes between than a ConvNeXt has anywhere. */
    boolean isLarge() {
        return inner.size() > MANY;
    }

    /** The last of the nodes between for which something holds. */
    Optional<Node> last(Predicate<Node> holds) {
        return inner.stream().filter(holds).findFirst();
    }
}
