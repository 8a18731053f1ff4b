package org.cryonext.models.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.op.Inputs;
import org.cryonext.engine.op.Op;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;

/** Turns the nodes of one file into an engine graph; what depends on no input is computed on the way. */
final class Lowerer {
    /** Largest tensor that a graph may speak of; far beyond any memory, and small enough to be added up. */
    private static final long MOST_ELEMENTS = 1L << 40;

    private final OnnxFile file;
    private final boolean widen;
    private final Folding folding;
    private final Graph graph = new Graph();
    private final Map<String, Term> terms = new HashMap<>();
    private final SequencedMap<String, Tensor> constants = new LinkedHashMap<>();
    private final Set<String> taken;

    Lowerer(OnnxFile file, boolean widen) {
        this.file = file;
        this.widen = widen;
        this.folding = new Folding(file.bytes());
        this.taken = new HashSet<>(file.initializers().keySet());
    }

    /** Element type in the lowered graph. */
    DType widened(DType dtype) {
        return widen && (dtype == DType.F16 || dtype == DType.BF16) ? DType.F32 : dtype;
    }

    Folding folding() {
        return folding;
    }

    long fileBytes() {
        return file.bytes();
    }

    /** The graph so far. */
    Graph graph() {
        return graph;
    }

    /** Values of the graph's variables. */
    SequencedMap<String, Tensor> constants() {
        return constants;
    }

    /** Declares an input of the graph. */
    void input(String name, TensorType type) {
        TensorType wide = new TensorType(widened(type.dtype()), type.shape());
        limit(file.file() + ": input " + name, wide);
        terms.put(name, new Term.Computed(graph.input(name, wide)));
    }

    /** Gives a name known values. */
    void constantInput(String name, Tensor tensor) {
        terms.put(name, constant(name, tensor));
    }

    /** Known values under a name that no others have. */
    Term constant(String wanted, Tensor tensor) {
        String name = wanted;
        for (int i = 1; !taken.add(name); i++) {
            name = wanted + ":" + i;
        }
        return new Term.Constant(name, tensor.to(widened(tensor.dtype())));
    }

    /** Makes a value readable under the name of one of the file's outputs. */
    void output(String name) {
        graph.output(name, value(find(name)));
    }

    /** Lowers a node whose inputs have been lowered. */
    void lower(OnnxNode node) {
        Rule rule = rule(node);
        List<Term> in = new ArrayList<>();
        for (String name : node.inputs()) {
            in.add(name.isEmpty() ? null : find(name));
        }
        check(node, rule, in);
        long opset = file.opsets().getOrDefault(node.domain(), 1L);
        List<Term> out;
        try {
            out = rule.lowering().lower(new Site(this, node, opset, in));
        } catch (IllegalArgumentException | ArithmeticException e) {
            // What shape rules and the arithmetic of shapes say of inputs that do not fit.
            throw new InputException(message(node, "cannot be computed: " + e.getMessage()), e);
        }
        for (int i = 0; i < node.outputs().size(); i++) {
            String name = node.outputs().get(i);
            if (!name.isEmpty()) {
                terms.put(name, named(name, out.get(i), node));
            }
        }
    }

    /** What a node computed in advance is called as its output; a constant handed through keeps its name. */
    private Term named(String name, Term term, OnnxNode node) {
        return term instanceof Term.Constant(String before, Tensor tensor) && before.startsWith(constantName(node))
                ? constant(name, tensor)
                : term;
    }

    static String constantName(OnnxNode node) {
        return node.path() + ":constant";
    }

    private Rule rule(OnnxNode node) {
        Optional<Rule> rule = Rules.find(node.domain(), node.type());
        if (rule.isEmpty() || file.definesFunction(node.domain(), node.type())) {
            throw bad(
                    node,
                    file.definesFunction(node.domain(), node.type())
                            ? "calls a function that the file defines, which is not supported; inline it with"
                                    + " onnx.inliner.inline_local_functions"
                            : "has the operator " + node.operator() + ", which is not supported; docs/onnx.md lists"
                                    + " those that are");
        }
        return rule.orElseThrow();
    }

    private void check(OnnxNode node, Rule rule, List<Term> in) {
        for (String name : node.attributes().names()) {
            if (!rule.attributes().contains(name)) {
                throw bad(node, "has the attribute " + name + ", which is not supported");
            }
        }
        long given = in.stream().filter(term -> term != null).count();
        if (in.size() > rule.most() || given < rule.fewest()) {
            throw bad(
                    node,
                    "has " + given + " inputs, expected " + rule.fewest()
                            + (rule.most() == rule.fewest()
                                    ? ""
                                    : rule.most() == Integer.MAX_VALUE ? " or more" : " to " + rule.most()));
        }
        if (node.outputs().size() > rule.outputs()) {
            throw bad(node, "has " + node.outputs().size() + " outputs, expected at most " + rule.outputs());
        }
    }

    private Term find(String name) {
        return terms.computeIfAbsent(name, this::initializer);
    }

    private Term initializer(String name) {
        Tensor tensor = file.initializers().get(name);
        return new Term.Constant(name, tensor.to(widened(tensor.dtype())));
    }

    /** Applies an operator, at once if all that it reads is known and the file is large enough for the result. */
    Term apply(OnnxNode node, Op op, List<Term> in) {
        Inputs types =
                new Inputs(op, in.stream().map(t -> t == null ? null : t.type()).toList());
        TensorType result = op.infer(types).getFirst();
        limit(file.file() + ": node " + node, result);
        if (in.stream().allMatch(t -> t == null || t instanceof Term.Constant)) {
            List<Tensor> tensors = new ArrayList<>();
            for (Term term : in) {
                tensors.add(term instanceof Term.Constant(String name, Tensor tensor) ? tensor : null);
            }
            Optional<Tensor> folded = folding.run(op, tensors, result, op.flops(types));
            if (folded.isPresent()) {
                return constant(constantName(node), folded.orElseThrow());
            }
        }
        List<Value> values = new ArrayList<>();
        for (Term term : in) {
            values.add(term == null ? null : value(term));
        }
        Node made = graph.node(op, node.path(), values);
        return new Term.Computed(made.output(0));
    }

    private Value value(Term term) {
        return switch (term) {
            case Term.Computed(Value value) -> value;
            case Term.Constant(String name, Tensor tensor) -> {
                constants.putIfAbsent(name, tensor);
                yield graph.variable(name, tensor.type());
            }
        };
    }

    private static void limit(String place, TensorType type) {
        Shape shape = type.shape();
        if (shape.size() > MOST_ELEMENTS) {
            throw new InputException(place + " has the shape " + shape + ", which no memory holds");
        }
    }

    InputException bad(OnnxNode node, String what) {
        return new InputException(message(node, what));
    }

    private String message(OnnxNode node, String what) {
        return file.file() + ": node " + node + " " + what;
    }
}
