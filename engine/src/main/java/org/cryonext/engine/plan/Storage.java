package org.cryonext.engine.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.Input;
import org.cryonext.engine.op.Op;
import org.cryonext.engine.op.Reshape;
import org.cryonext.engine.op.Variable;

/**
 * Which values share memory, and from when to when it is needed. A value's root is the value whose memory it lies in:
 * itself, or what it reshapes, overwrites or updates.
 */
final class Storage {
    private final Map<Value, Value> roots = new HashMap<>();
    private final Map<Value, Integer> first = new HashMap<>();
    private final Map<Value, Integer> last = new HashMap<>();
    private final Map<Value, Integer> lastRead = new HashMap<>();

    Storage(Graph graph) {
        List<Node> nodes = graph.nodes();
        for (Node node : nodes) {
            for (Value in : node.inputs()) {
                if (in != null) {
                    lastRead.put(in, node.id());
                }
            }
        }
        graph.outputs().values().forEach(v -> lastRead.put(v, nodes.size()));
        // A reshape reads its input for as long as it is read itself.
        for (Node node : nodes.reversed()) {
            if (node.op() instanceof Reshape) {
                Value in = node.inputs().getFirst();
                lastRead.merge(in, lastRead.getOrDefault(node.output(0), node.id()), Math::max);
            }
        }
        for (Node node : nodes) {
            place(node, nodes.size());
        }
    }

    private void place(Node node, int end) {
        Op op = node.op();
        for (int i = 0; i < node.outputs().size(); i++) {
            Value out = node.output(i);
            Value root = out;
            if (op instanceof Reshape) {
                root = root(node.inputs().getFirst());
            } else if (i < op.updates().size()) {
                root = root(node.input(op.updates().get(i)));
                requireVariable(node, root);
            } else if (i == 0) {
                root = overwritable(node).stream().findFirst().orElse(out);
            }
            roots.put(out, root);
            boolean kept = op instanceof Input || op instanceof Variable;
            first.putIfAbsent(root, kept ? 0 : node.id());
            int read = kept ? end : Math.max(node.id(), lastRead.getOrDefault(out, -1));
            last.merge(root, read, Math::max);
        }
    }

    /** Roots that the node's first output may take over: of its size, read by nobody afterwards, not kept. */
    private List<Value> overwritable(Node node) {
        List<Value> result = new ArrayList<>();
        for (String name : node.op().mayOverwrite()) {
            Value in = node.input(name);
            if (in != null
                    && in.type().equals(node.outputs().getFirst())
                    && last.get(root(in)) <= node.id()
                    && !(root(in).node().op() instanceof Input)
                    && !(root(in).node().op() instanceof Variable)) {
                result.add(root(in));
            }
        }
        result.sort((a, b) -> Integer.compare(a.node().id(), b.node().id()));
        return result;
    }

    private void requireVariable(Node node, Value root) {
        if (!(root.node().op() instanceof Variable)) {
            throw new IllegalArgumentException(node + " updates " + root + ", which is not a variable");
        }
        if (lastRead.getOrDefault(root, -1) > node.id()) {
            throw new IllegalArgumentException(node + " updates " + root + " before it is read for the last time");
        }
    }

    /** The value whose memory this one lies in. */
    Value root(Value value) {
        return roots.get(value);
    }

    /** The first step in which a root's memory is in use. */
    int first(Value root) {
        return first.get(root);
    }

    /** The last step in which a root's memory is in use. */
    int last(Value root) {
        return last.get(root);
    }

    /** Whether anything reads the value. */
    boolean isRead(Value value) {
        return lastRead.containsKey(value);
    }
}
