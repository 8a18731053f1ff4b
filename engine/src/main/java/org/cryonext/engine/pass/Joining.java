package org.cryonext.engine.pass;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.Op;

/** Which nodes the passes may make one of several: where the backend has a kernel for it, or where that is faster besides. */
enum Joining {
    WHERE_POSSIBLE {
        @Override
        boolean takes(Backend backend, Node joined) {
            return backend.refuses(joined).isEmpty();
        }
    },
    WHERE_FASTER {
        @Override
        boolean takes(Backend backend, Node joined) {
            return backend.prefers(joined);
        }
    };

    abstract boolean takes(Backend backend, Node joined);

    /** Whether these inputs are to be read by one such node. */
    boolean takes(Backend backend, Op op, List<Value> inputs) {
        Graph alone = new Graph();
        List<Value> values = new ArrayList<>();
        for (Value value : inputs) {
            values.add(value == null ? null : alone.input("input" + values.size(), value.type()));
        }
        return takes(backend, alone.node(op, "", values));
    }

    /** How often each value of a graph is read, outputs included. */
    static Map<Value, Integer> readers(Graph graph) {
        Map<Value, Integer> readers = new HashMap<>();
        for (Node node : graph.nodes()) {
            node.inputs().stream().filter(v -> v != null).forEach(v -> readers.merge(v, 1, Integer::sum));
        }
        graph.outputs().values().forEach(v -> readers.merge(v, 1, Integer::sum));
        return readers;
    }
}
