package org.cryonext.models.onnx;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.MemoryException;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.engine.pass.DeadNodes;
import org.cryonext.engine.plan.Plan;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;

/**
 * A file's graph for inputs of certain shapes, as engine operators: layouts are the file's ([N, C, H, W]), every node's
 * scope is the path of the ONNX node it comes from, and what depends on no input is computed already.
 *
 * @param file where it comes from, for messages
 * @param graph its inputs and outputs have the file's names; its variables are the weights that are used
 * @param constants the variables' values; those not computed are views of the file, valid until it is closed
 * @param fixed inputs whose values decided shapes: they are part of the graph and are not set
 */
public record OnnxProgram(
        Path file, Graph graph, SequencedMap<String, Tensor> constants, SequencedMap<String, Tensor> fixed) {
    public OnnxProgram {
        constants = Collections.unmodifiableSequencedMap(constants);
        fixed = Collections.unmodifiableSequencedMap(fixed);
    }

    /**
     * Turns a file's graph into engine operators.
     *
     * @param shapes of all inputs; extents that the file fixes have to agree
     * @param widen whether half-precision weights, inputs and results are F32, so that nothing is rounded to them
     * @throws InputException if the file holds what is not understood, or the shapes do not fit; the message names the
     *     node
     */
    public static OnnxProgram of(OnnxFile file, Map<String, Shape> shapes, boolean widen) {
        requireKnown(file, shapes.keySet());
        Map<String, TensorType> types = new LinkedHashMap<>();
        for (OnnxPort input : file.inputs()) {
            Shape shape = shapes.get(input.name());
            if (shape != null) {
                types.put(input.name(), type(file, input, shape));
            }
        }
        return of(file, types, Map.of(), widen);
    }

    /**
     * Turns a file's graph into engine operators that can be run on these inputs. Those whose values decide shapes
     * become part of the graph.
     *
     * @param inputs values of all inputs, of the file's element types
     * @param widen whether half-precision weights, inputs and results are F32, so that nothing is rounded to them
     * @throws InputException if the file holds what is not understood, or the inputs do not fit; the message names the
     *     node
     */
    public static OnnxProgram forInputs(OnnxFile file, Map<String, Tensor> inputs, boolean widen) {
        Map<String, TensorType> types = new LinkedHashMap<>();
        requireKnown(file, inputs.keySet());
        inputs.forEach((name, tensor) -> types.put(name, tensor.type()));
        return of(file, types, inputs, widen);
    }

    private static OnnxProgram of(
            OnnxFile file, Map<String, TensorType> types, Map<String, Tensor> values, boolean widen) {
        requireOpset(file);
        List<OnnxNode> nodes = NodeOrder.of(file);
        Set<String> shaping = ShapeInputs.of(nodes);
        Lowerer lowerer = new Lowerer(file, widen);
        SequencedMap<String, Tensor> fixed = new LinkedHashMap<>();
        for (OnnxPort input : file.inputs()) {
            TensorType type = types.get(input.name());
            if (type == null) {
                throw missing(file, input);
            }
            requireFit(file, input, type);
            Tensor value = values.get(input.name());
            if (shaping.contains(input.name()) && value != null) {
                lowerer.constantInput(input.name(), value);
                fixed.put(input.name(), value);
            } else {
                lowerer.input(input.name(), type);
            }
        }
        nodes.forEach(lowerer::lower);
        file.outputs().forEach(output -> lowerer.output(output.name()));
        // What only unwanted outputs need, for instance a mean beside a LayerNormalization.
        Graph graph = DeadNodes.remove(lowerer.graph());
        SequencedMap<String, Tensor> constants = new LinkedHashMap<>(lowerer.constants());
        constants.keySet().retainAll(graph.variables().keySet());
        return new OnnxProgram(file.file(), graph, constants, fixed);
    }

    /**
     * The first node whose operator, one of ONNX's own, is not supported; empty if there is none.
     *
     * @throws InputException if the graph is not one of well-defined values
     */
    public static Optional<String> unsupported(OnnxFile file) {
        return NodeOrder.of(file).stream()
                .filter(node -> node.domain().isEmpty()
                        && Rules.find("", node.type()).isEmpty()
                        && !file.definesFunction("", node.type()))
                .findFirst()
                .map(OnnxNode::toString);
    }

    private static void requireOpset(OnnxFile file) {
        long opset = Optional.ofNullable(file.opsets().get(""))
                .orElseThrow(() -> OnnxFile.bad(
                        file.file(), "it does not say which version of ONNX's operators it uses (opset_import)"));
        if (opset < Rules.OLDEST || opset > Rules.NEWEST) {
            throw OnnxFile.bad(
                    file.file(),
                    "it uses version " + opset + " of ONNX's operators, expected " + Rules.OLDEST + " to "
                            + Rules.NEWEST + "; convert it with onnx.version_converter or export it again");
        }
    }

    private static void requireFit(OnnxFile file, OnnxPort input, TensorType type) {
        boolean fits = input.dtype().filter(type.dtype()::equals).isPresent();
        if (input.dims().isPresent()) {
            List<OnnxPort.Dim> dims = input.dims().orElseThrow();
            fits &= dims.size() == type.shape().rank();
            for (int i = 0; fits && i < dims.size(); i++) {
                fits = dims.get(i).extent().orElse(type.shape().dim(i))
                        == type.shape().dim(i);
            }
        }
        if (!fits) {
            throw new InputException(
                    file.file() + ": input " + input.name() + " was given as " + type + ", expected " + input.type());
        }
    }

    private static void requireKnown(OnnxFile file, Set<String> names) {
        for (String name : names) {
            if (file.inputs().stream().noneMatch(input -> input.name().equals(name))) {
                throw new InputException(file.file() + " has no input " + name + "; its inputs are "
                        + file.inputs().stream().map(OnnxPort::name).toList());
            }
        }
    }

    private static TensorType type(OnnxFile file, OnnxPort input, Shape shape) {
        try {
            return new TensorType(input.dtype().orElseThrow(), shape);
        } catch (IllegalArgumentException e) {
            throw new InputException(
                    file.file() + ": input " + input.name() + " has the shape " + shape + ", which no memory holds", e);
        }
    }

    private static InputException missing(OnnxFile file, OnnxPort input) {
        return new InputException(
                file.file() + ": input " + input.name() + " of type " + input.type() + " was not given");
    }

    /**
     * Computes the outputs once.
     *
     * @param inputs values of all inputs; those that are fixed are not read again
     * @param backend has to run every operator of the graph; the caller closes it
     * @throws MemoryException if the backend has too little memory; nothing was allocated then
     * @throws InputException if a value of the inputs cannot be computed with, as an index that is out of range; the
     *     message names the node
     * @throws IllegalArgumentException if the backend lacks an operator
     */
    public SequencedMap<String, Tensor> run(Backend backend, Map<String, Tensor> inputs, Progress progress) {
        Plan plan = Plan.of(graph, backend);
        long needed = plan.bytes() + plan.variableBytes();
        if (needed > backend.availableBytes()) {
            throw new MemoryException("the graph", needed, backend.availableBytes());
        }
        try (Variables variables = new Variables(backend)) {
            constants.forEach(variables::set);
            try (Program program = Program.compile(plan, variables)) {
                graph.inputs().keySet().forEach(name -> program.set(name, inputs.get(name)));
                run(program, "Running " + file.getFileName() + " on " + backend.name(), progress);
                SequencedMap<String, Tensor> outputs = new LinkedHashMap<>();
                graph.outputs().keySet().forEach(name -> outputs.put(name, program.get(name)));
                return outputs;
            }
        }
    }

    /** {@link #run(Backend, Map, Progress)} without progress. */
    public SequencedMap<String, Tensor> run(Backend backend, Map<String, Tensor> inputs) {
        return run(backend, inputs, Progress.none());
    }

    private void run(Program program, String task, Progress progress) {
        WorkProgress work = WorkProgress.start(progress, task, program.order());
        Deque<Node> left = new ArrayDeque<>(program.order());
        try {
            program.run(node -> {
                left.removeFirst();
                work.accept(node);
            });
        } catch (IllegalArgumentException e) {
            // Values that only a run shows to be out of range, as an index that is computed.
            throw new InputException(
                    file + ": node " + left.getFirst().scope() + " cannot be computed on this input: " + e.getMessage(),
                    e);
        }
        progress.finish();
    }
}
