package org.cryonext.engine.runtime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.Bindings;
import org.cryonext.engine.backend.Block;
import org.cryonext.engine.backend.Inlet;
import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.backend.MemoryException;
import org.cryonext.engine.backend.Outlet;
import org.cryonext.engine.backend.Sequence;
import org.cryonext.engine.backend.Slab;
import org.cryonext.engine.backend.SliceImages;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.io.Closing;
import org.cryonext.engine.op.Variable;
import org.cryonext.engine.plan.Place;
import org.cryonext.engine.plan.Plan;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;

/** A graph with memory, ready to run again and again: set inputs, run, get outputs. Not thread-safe. */
public final class Program implements AutoCloseable {
    private final Plan plan;
    private final Backend backend;
    private final Variables variables;
    private final List<Slab> slabs = new ArrayList<>();
    private final Map<Value, Block> blocks = new HashMap<>();
    private final Map<String, Inlet> inlets = new HashMap<>();
    /** The same, without names. */
    private Inlet[] senders = {};

    private final List<Outlet> outlets = new ArrayList<>();
    private final List<SliceImages> imageMakers = new ArrayList<>();
    private final Kernel.Step[] steps;
    private Sequence sequence;
    private final List<Node> order;
    private final List<Variables.Entry> updated = new ArrayList<>();

    private Program(Plan plan, Variables variables) {
        this.plan = plan;
        this.backend = plan.backend();
        this.variables = variables;
        this.order = List.copyOf(plan.kernels().keySet());
        this.steps = new Kernel.Step[order.size()];
    }

    /** Plans a graph for the variables' backend and allocates what it needs. */
    public static Program compile(Graph graph, Variables variables) {
        return compile(Plan.of(graph, variables.backend()), variables);
    }

    /**
     * Allocates what a plan needs; variables that do not exist yet are made, as zeros.
     *
     * @throws MemoryException if it does not fit
     */
    public static Program compile(Plan plan, Variables variables) {
        Program program = new Program(plan, variables);
        try {
            program.allocate();
            return program;
        } catch (RuntimeException | Error e) {
            program.close();
            throw e;
        }
    }

    private void allocate() {
        if (plan.bytes() > backend.availableBytes()) {
            throw new MemoryException("the plan", plan.bytes(), backend.availableBytes());
        }
        for (long bytes : plan.slabs()) {
            slabs.add(backend.allocate(bytes));
        }
        Block scratch = null;
        if (plan.scratchBytes() > 0) {
            Slab slab = backend.allocate(plan.scratchBytes());
            slabs.add(slab);
            scratch = backend.block(slab, 0, bytesType(plan.scratchBytes()));
        }
        createConstants();
        for (Node node : plan.graph().nodes()) {
            for (int i = 0; i < node.outputs().size(); i++) {
                locate(node.output(i));
            }
        }
        Iterator<Piece> residents = residents();
        for (int i = 0; i < steps.length; i++) {
            Node node = order.get(i);
            Kernel kernel = plan.kernels().get(node);
            Block resident = kernel.residentBytes() > 0 ? residents.next().block() : null;
            steps[i] = kernel.bind(new NodeBindings(node, kernel.scratchBytes() > 0 ? scratch : null, resident));
            for (String name : node.op().updates()) {
                updated.add(entry(plan.root(node.input(name))));
            }
        }
        sequence = backend.sequence(List.of(steps));
        plan.graph().inputs().forEach((name, input) -> inlets.put(name, backend.inlet(blocks.get(input))));
        senders = inlets.values().toArray(Inlet[]::new);
    }

    /** Memory of its own for each kernel that wants some. */
    private Iterator<Piece> residents() {
        List<TensorType> types = order.stream()
                .mapToLong(node -> plan.kernels().get(node).residentBytes())
                .filter(bytes -> bytes > 0)
                .mapToObj(Program::bytesType)
                .toList();
        return Piece.allocate(backend, types, slabs).iterator();
    }

    /** Makes the variables that are only read; those that are updated may go one by one. */
    private void createConstants() {
        Set<String> changing = new HashSet<>();
        for (Node node : order) {
            node.op()
                    .updates()
                    .forEach(name -> changing.add(
                            ((Variable) plan.root(node.input(name)).node().op()).name()));
        }
        Map<String, TensorType> constants = new LinkedHashMap<>();
        plan.graph().variables().forEach((name, value) -> {
            if (!changing.contains(name)) {
                constants.put(name, value.type());
            }
        });
        variables.createTogether(constants);
    }

    private static TensorType bytesType(long bytes) {
        return TensorType.f32((bytes + 3) / 4);
    }

    private void locate(Value value) {
        Value root = plan.root(value);
        if (root.node().op() instanceof Variable variable) {
            variables.create(variable.name(), variable.type());
            Variables.Entry entry = variables.entry(variable.name());
            TensorType kept = entry.block.type();
            if (!kept.equals(variable.type())) {
                throw new IllegalArgumentException(
                        "variable " + variable.name() + " is " + kept + ", but the graph reads " + variable.type());
            }
            boolean whole = kept.equals(value.type());
            blocks.put(value, whole ? entry.block : backend.block(entry.slab, entry.offset, value.type()));
            return;
        }
        Place place = plan.place(root);
        if (place != null) {
            blocks.put(value, backend.block(slabs.get(place.slab()), place.offset(), value.type()));
        }
    }

    private Variables.Entry entry(Value root) {
        return variables.entry(((Variable) root.node().op()).name());
    }

    /** The plan it runs. */
    public Plan plan() {
        return plan;
    }

    /** Sets an input for the next run; on a device this goes on beside a run that is under way. */
    public void set(String input, Tensor value) {
        Block block = input(input);
        if (!block.type().shape().equals(value.shape())) {
            throw new IllegalArgumentException(
                    "input " + input + " is " + block.type().shape() + ", not " + value.shape());
        }
        inlets.get(input).set(value, 0);
    }

    /**
     * Sets consecutive entries of an input's first dimension.
     *
     * @param row first entry to be set
     * @param rows the entries
     */
    public void setRows(String input, long row, Tensor rows) {
        Block block = input(input);
        long entry = block.type().shape().size() / block.type().shape().dim(0);
        if (rows.size() % entry != 0
                || row * entry + rows.size() > block.type().shape().size()) {
            throw new IllegalArgumentException(rows.shape() + " do not fit input " + input + " of "
                    + block.type().shape() + " at " + row);
        }
        inlets.get(input).set(rows, row * entry);
    }

    private Block input(String name) {
        Value value = plan.graph().inputs().get(name);
        if (value == null) {
            throw new IllegalArgumentException(
                    "no input " + name + "; there are " + plan.graph().inputs().keySet());
        }
        return blocks.get(value);
    }

    /** Runs every node once. */
    public void run() {
        send();
        sequence.run();
        countUpdates();
    }

    /**
     * Runs every node once and adds the time each took.
     *
     * @param nanos one sum a node, in the order of {@link #order}
     */
    public void run(long[] nanos) {
        send();
        for (int i = 0; i < steps.length; i++) {
            long start = System.nanoTime();
            steps[i].run();
            backend.synchronize();
            nanos[i] += System.nanoTime() - start;
        }
        countUpdates();
    }

    /**
     * Runs every node once and tells of each that it is done.
     *
     * @param done receives the nodes in the order of {@link #order}
     */
    public void run(Consumer<Node> done) {
        send();
        for (int i = 0; i < steps.length; i++) {
            steps[i].run();
            backend.synchronize();
            done.accept(order.get(i));
        }
        countUpdates();
    }

    private void send() {
        for (Inlet inlet : senders) {
            inlet.send();
        }
    }

    /** By index: an iterator would be an object of every step. */
    private void countUpdates() {
        for (int i = 0; i < updated.size(); i++) {
            updated.get(i).version++;
        }
    }

    /** The nodes in the order they run. */
    public List<Node> order() {
        return order;
    }

    /** A copy of an output. */
    public Tensor get(String output) {
        Block block = blocks.get(plan.graph().output(output));
        Tensor result = Tensor.zeros(block.type());
        backend.download(block, result);
        return result;
    }

    /** A way to get outputs together, with one wait; it ends with the program. */
    public Outlet outlet(String... outputs) {
        List<Block> sources = Arrays.stream(outputs)
                .map(name -> blocks.get(plan.graph().output(name)))
                .toList();
        Outlet outlet = backend.outlet(sources);
        outlets.add(outlet);
        return outlet;
    }

    /** Makes an input's images on the device, where it can; ends with the program. */
    public Optional<SliceImages> sliceImages(String input, SliceImages.Recipe recipe) {
        Optional<SliceImages> images = backend.sliceImages(input(input), recipe);
        images.ifPresent(imageMakers::add);
        return images;
    }

    @Override
    public void close() {
        List<Runnable> closers = new ArrayList<>();
        imageMakers.forEach(images -> closers.add(images::close));
        outlets.forEach(outlet -> closers.add(outlet::close));
        inlets.values().forEach(inlet -> closers.add(inlet::close));
        if (sequence != null) {
            closers.add(sequence::close);
        }
        slabs.forEach(slab -> closers.add(slab::close));
        imageMakers.clear();
        outlets.clear();
        inlets.clear();
        senders = new Inlet[0];
        slabs.clear();
        Closing.all(closers);
    }

    private final class NodeBindings implements Bindings {
        private final Node node;
        private final Block scratch;
        private final Block resident;
        /** Asked for in every run, in which nothing may be allocated. */
        private final Map<String, Variables.Entry> entries = new HashMap<>();

        NodeBindings(Node node, Block scratch, Block resident) {
            this.node = node;
            this.scratch = scratch;
            this.resident = resident;
        }

        @Override
        public Block in(String name) {
            return blocks.get(node.input(name));
        }

        @Override
        public Block in(int index) {
            return blocks.get(node.inputs().get(index));
        }

        @Override
        public int inputs() {
            return node.inputs().size();
        }

        @Override
        public Block out(int index) {
            return plan.isRead(node.output(index)) || node.op().updates().size() > index
                    ? blocks.get(node.output(index))
                    : null;
        }

        @Override
        public Block scratch() {
            return scratch;
        }

        @Override
        public Block resident() {
            return resident;
        }

        @Override
        public long version(String input) {
            Variables.Entry entry = entries.get(input);
            if (entry == null) {
                entry = entry(node.input(input));
                entries.put(input, entry);
            }
            return entry.version;
        }
    }
}
