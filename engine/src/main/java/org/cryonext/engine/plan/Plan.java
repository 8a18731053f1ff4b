package org.cryonext.engine.plan;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.backend.Usage;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.Input;
import org.cryonext.engine.op.Reshape;
import org.cryonext.engine.op.Variable;

/**
 * A graph with a kernel for each node and a place for each value; nothing is allocated yet, so its memory can be stated
 * and judged first.
 */
public final class Plan {
    private final Graph graph;
    private final Backend backend;
    private final Map<Node, Kernel> kernels;
    private final Usage usage;
    private final Storage storage;
    private final Map<Value, Place> places;
    private final List<Long> slabs;
    private final long scratchBytes;
    private final long residentBytes;
    private final long inletBytes;

    private Plan(Graph graph, Backend backend, Map<Node, Kernel> kernels, Usage usage, Storage storage, Arena arena) {
        this.graph = graph;
        this.backend = backend;
        this.kernels = kernels;
        this.usage = usage;
        this.storage = storage;
        this.places = arena.places();
        this.slabs = arena.sizes();
        this.scratchBytes =
                kernels.values().stream().mapToLong(Kernel::scratchBytes).max().orElse(0);
        this.residentBytes =
                kernels.values().stream().mapToLong(Kernel::residentBytes).sum();
        this.inletBytes = graph.inputs().values().stream()
                .mapToLong(input -> backend.inletBytes(input.type()))
                .sum();
    }

    /**
     * Plans a graph for a backend.
     *
     * @throws IllegalArgumentException if the backend refuses a node
     */
    public static Plan of(Graph graph, Backend backend) {
        Storage storage = new Storage(graph);
        Set<Value> updated = new HashSet<>();
        for (Node node : graph.nodes()) {
            for (String name : node.op().updates()) {
                updated.add(storage.root(node.input(name)));
            }
        }
        Usage usage = new Usage() {
            @Override
            public boolean reads(Node node, int output) {
                return storage.isRead(node.output(output));
            }

            @Override
            public boolean constant(Node node, String input) {
                Value value = node.input(input);
                return value != null && value.node().op() instanceof Variable && !updated.contains(value);
            }
        };
        Map<Node, Kernel> kernels = new LinkedHashMap<>();
        List<Arena.Request> requests = new ArrayList<>();
        for (Node node : graph.nodes()) {
            if (isComputed(node)) {
                Optional<String> refusal = backend.refuses(node);
                if (refusal.isPresent()) {
                    throw new IllegalArgumentException(
                            backend.name() + " cannot run " + node + ": " + refusal.orElseThrow());
                }
                kernels.put(node, backend.kernel(node, usage));
            }
            if (!(node.op() instanceof Variable)) {
                for (int i = 0; i < node.outputs().size(); i++) {
                    Value out = node.output(i);
                    boolean wanted = storage.isRead(out) || node.op() instanceof Input;
                    if (wanted && storage.root(out).equals(out)) {
                        long bytes = backend.storageBytes(out.type());
                        requests.add(new Arena.Request(out, bytes, storage.first(out), storage.last(out)));
                    }
                }
            }
        }
        Arena arena = new Arena(backend.preferredSlabBytes());
        arena.pack(requests);
        return new Plan(graph, backend, kernels, usage, storage, arena);
    }

    private static boolean isComputed(Node node) {
        return !(node.op() instanceof Input || node.op() instanceof Variable || node.op() instanceof Reshape);
    }

    /** The graph that was planned. */
    public Graph graph() {
        return graph;
    }

    /** What it was planned for. */
    public Backend backend() {
        return backend;
    }

    /** Kernels in the order they run. */
    public Map<Node, Kernel> kernels() {
        return kernels;
    }

    /**
     * Which kernel was chosen for each node that has several, which compute the same, though not to the same bits: its
     * number in the graph and the kernel's name, in the order they run.
     */
    public List<String> choices() {
        return kernels.keySet().stream()
                .flatMap(node -> backend.choice(node, usage).map(name -> node.id() + " " + name).stream())
                .toList();
    }

    /** The value whose memory this one lies in. */
    public Value root(Value value) {
        return storage.root(value);
    }

    /** Whether anything reads the value. */
    public boolean isRead(Value value) {
        return storage.isRead(value);
    }

    /** Where a root lies in the arena. */
    public Place place(Value root) {
        return places.get(root);
    }

    /** Sizes of the arena's slabs in bytes. */
    public List<Long> slabs() {
        return slabs;
    }

    /** Working memory shared by all kernels. */
    public long scratchBytes() {
        return scratchBytes;
    }

    /** Memory that kernels keep between runs. */
    public long residentBytes() {
        return residentBytes;
    }

    /** Bytes of all variables that the graph uses. */
    public long variableBytes() {
        return graph.variables().values().stream()
                .mapToLong(v -> backend.storageBytes(v.type()))
                .sum();
    }

    /** Bytes that a program of this plan allocates; variables are not counted. */
    public long bytes() {
        return slabs.stream().mapToLong(Long::longValue).sum() + scratchBytes + residentBytes + inletBytes;
    }
}
