package org.cryonext.models.onnx;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeSet;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.MemoryException;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.engine.io.Safetensors;
import org.cryonext.engine.io.SafetensorsWriter;
import org.cryonext.engine.op.Input;
import org.cryonext.engine.op.Reshape;
import org.cryonext.engine.op.Variable;
import org.cryonext.engine.tensor.Tensor;

/** An ONNX file together with a file of inputs for it, ready to be run on a device. */
public final class OnnxRun implements AutoCloseable {
    private final OnnxFile model;
    private final Safetensors input;
    private final SequencedMap<String, Tensor> inputs;
    private final OnnxProgram program;

    private OnnxRun(OnnxFile model, Safetensors input) {
        this.model = model;
        this.input = input;
        this.inputs = inputs(model, input);
        this.program = OnnxProgram.forInputs(model, inputs, false);
    }

    /**
     * Reads both files.
     *
     * @param model an ONNX file
     * @param input a safetensors file with a tensor for each of the model's inputs, by its name; a single one may have
     *     another name
     * @throws InputException if one of them cannot be used, or they do not fit together
     */
    public static OnnxRun open(Path model, Path input) {
        OnnxFile onnx = OnnxFile.open(model);
        try {
            Safetensors tensors = Safetensors.open(input);
            try {
                return new OnnxRun(onnx, tensors);
            } catch (RuntimeException | Error e) {
                tensors.close();
                throw e;
            }
        } catch (RuntimeException | Error e) {
            onnx.close();
            throw e;
        }
    }

    private static SequencedMap<String, Tensor> inputs(OnnxFile model, Safetensors input) {
        SequencedMap<String, Tensor> inputs = new LinkedHashMap<>();
        List<OnnxPort> ports = model.inputs();
        if (ports.size() == 1 && input.types().size() == 1) {
            inputs.put(
                    ports.getFirst().name(),
                    input.tensor(input.types().firstEntry().getKey()));
            return inputs;
        }
        for (OnnxPort port : ports) {
            if (!input.types().containsKey(port.name())) {
                throw new InputException(input.file() + " has no tensor " + port.name() + ", which " + model.file()
                        + " takes as its input of type " + port.type() + "; it has "
                        + input.types().sequencedKeySet());
            }
            inputs.put(port.name(), input.tensor(port.name()));
        }
        return inputs;
    }

    /** What the model is given, by the names of its inputs. */
    public SequencedMap<String, Tensor> inputs() {
        return inputs;
    }

    /** Engine operators of the graph, by name, that a device does not have or not for these types; sorted. */
    public List<String> lacking(Backend backend) {
        TreeSet<String> names = new TreeSet<>();
        for (Node node : program.graph().nodes()) {
            boolean computed =
                    !(node.op() instanceof Input || node.op() instanceof Variable || node.op() instanceof Reshape);
            if (computed && backend.refuses(node).isPresent()) {
                names.add(node.op().getClass().getSimpleName());
            }
        }
        return List.copyOf(names);
    }

    /**
     * Computes the outputs and writes them under the names that the model gives them.
     *
     * @param backend has to have every operator; the caller closes it
     * @param output the safetensors file to be written
     * @return the outputs by name
     * @throws InputException if the graph does not fit into memory, an index is out of range, or the file cannot be
     *     written
     */
    public Map<String, Tensor> run(Backend backend, Path output, Progress progress) {
        SequencedMap<String, Tensor> outputs;
        try {
            outputs = program.run(backend, inputs, progress);
        } catch (MemoryException e) {
            throw new InputException(
                    "Running " + model.file() + " on this input does not fit into memory: " + e.getMessage()
                            + "; raise --memory or give a smaller input",
                    e);
        }
        SafetensorsWriter.write(output, outputs, Map.of());
        return outputs;
    }

    @Override
    public void close() {
        input.close();
        model.close();
    }
}
