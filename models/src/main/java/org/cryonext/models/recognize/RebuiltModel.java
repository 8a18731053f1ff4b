package org.cryonext.models.recognize;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.GraphCopy;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.io.Progress;
import org.cryonext.engine.op.GlobalAveragePool;
import org.cryonext.engine.op.LayerNorm;
import org.cryonext.engine.pass.DeadNodes;
import org.cryonext.engine.pass.FuseLinear;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.models.convnext.ConvNext;
import org.cryonext.models.onnx.WorkProgress;

/**
 * The ConvNeXt that was recognised, run for the outputs that its file has.
 *
 * @param model what was recognised
 */
record RebuiltModel(Recognition model) {

    /**
     * Runs it once.
     *
     * @param images [N, H, W, C]
     * @return F32 results under the names of the file's outputs, channels last
     */
    SequencedMap<String, Tensor> run(Backend backend, Tensor images, Progress progress) {
        Graph graph = graph(images.shape());
        Map<String, Tensor> values = values();
        try (Variables variables = new Variables(backend)) {
            graph.variables().keySet().forEach(name -> variables.set(name, values.get(name)));
            try (Program program = Program.compile(graph, variables)) {
                program.set("x", images);
                program.run(WorkProgress.start(
                        progress, "Running the ConvNeXt rebuilt from it on " + backend.name(), program.order()));
                progress.finish();
                SequencedMap<String, Tensor> results = new LinkedHashMap<>();
                graph.outputs().keySet().forEach(name -> results.put(name, program.get(name)));
                return results;
            }
        }
    }

    private Map<String, Tensor> values() {
        Map<String, Tensor> values = new LinkedHashMap<>(model.parameters());
        model.outputs().forEach((name, output) -> {
            if (output.then() instanceof Recognition.Normalised norm) {
                values.put(name + ".weight", norm.weight());
                values.put(name + ".bias", norm.bias());
            }
        });
        return values;
    }

    private Graph graph(Shape images) {
        Graph whole = ConvNext.inference(model.config(), images.dim(0), images.dim(1), images.dim(2));
        Graph graph = new Graph();
        GraphCopy copy = new GraphCopy(graph);
        whole.nodes().forEach(copy::copy);
        model.outputs().forEach((name, output) -> {
            Value value = copy.of(whole.output(output.name()));
            graph.output(
                    name,
                    switch (output.then()) {
                        case Recognition.Nothing nothing -> value;
                        case Recognition.Mean mean -> graph.add(new GlobalAveragePool(), value);
                        case Recognition.Normalised norm ->
                            graph.add(
                                    new LayerNorm(norm.epsilon()),
                                    value,
                                    graph.variable(
                                            name + ".weight", norm.weight().type()),
                                    graph.variable(name + ".bias", norm.bias().type()));
                    });
        });
        return FuseLinear.apply(DeadNodes.remove(graph));
    }
}
