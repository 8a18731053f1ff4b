package org.cryonext.models.onnx;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cryonext.engine.io.InputException;

/** The nodes that a file's outputs need, each after those it reads; names that lead nowhere, twice or round are refused. */
final class NodeOrder {
    private final OnnxFile file;
    private final Map<String, Integer> producers = new HashMap<>();
    private final Set<String> given = new HashSet<>();
    private final List<OnnxNode> ordered = new ArrayList<>();
    private final State[] states;
    /** How many of its inputs have been looked at, by node. */
    private final int[] seen;

    private enum State {
        NEW,
        ENTERED,
        DONE
    }

    private NodeOrder(OnnxFile file) {
        this.file = file;
        this.states = new State[file.nodes().size()];
        this.seen = new int[states.length];
        file.inputs().forEach(input -> given.add(input.name()));
        given.addAll(file.initializers().keySet());
        for (int i = 0; i < states.length; i++) {
            states[i] = State.NEW;
            for (String output : file.nodes().get(i).outputs()) {
                if (!output.isEmpty() && (given.contains(output) || producers.put(output, i) != null)) {
                    throw OnnxFile.bad(
                            file.file(),
                            "the value " + output + " of node " + file.nodes().get(i)
                                    + " is also computed or given elsewhere; every name may stand for one value only");
                }
            }
        }
    }

    /** @throws InputException if the graph is not one of well-defined values */
    static List<OnnxNode> of(OnnxFile file) {
        NodeOrder order = new NodeOrder(file);
        for (OnnxPort output : file.outputs()) {
            order.visit(output.name(), "output " + output.name());
        }
        return order.ordered;
    }

    /** Depth first, without recursion: a file may chain as many nodes as it likes. */
    private void visit(String name, String reader) {
        Deque<Integer> path = new ArrayDeque<>();
        enter(name, reader, path);
        while (!path.isEmpty()) {
            int at = path.peek();
            OnnxNode node = file.nodes().get(at);
            if (seen[at] == node.inputs().size()) {
                path.pop();
                states[at] = State.DONE;
                ordered.add(node);
            } else {
                String input = node.inputs().get(seen[at]++);
                if (!input.isEmpty()) {
                    enter(input, "node " + node, path);
                }
            }
        }
    }

    private void enter(String name, String reader, Deque<Integer> path) {
        Integer producer = producers.get(name);
        if (producer == null) {
            if (!given.contains(name)) {
                throw OnnxFile.bad(
                        file.file(), reader + " reads " + name + ", which no node computes and no input gives");
            }
            return;
        }
        if (states[producer] == State.ENTERED) {
            throw OnnxFile.bad(
                    file.file(),
                    reader + " reads " + name + ", which is computed from that node itself; the graph has a cycle");
        }
        if (states[producer] == State.NEW) {
            states[producer] = State.ENTERED;
            path.push(producer);
        }
    }
}
