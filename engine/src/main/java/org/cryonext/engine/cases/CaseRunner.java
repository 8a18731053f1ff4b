package org.cryonext.engine.cases;

import java.util.ArrayList;
import java.util.List;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Tensor;

/** Runs one case on one backend, and says how far the results are from others. */
public final class CaseRunner {
    private CaseRunner() {}

    /** The outputs, those updated in place included. */
    public static List<Tensor> run(OpCase c, Backend backend, DType dtype) {
        Graph graph = c.graph(dtype);
        List<Tensor> values = c.values();
        List<Tensor> outputs = new ArrayList<>();
        try (Variables variables = new Variables(backend);
                Program program = Program.compile(graph, variables)) {
            for (int i = 0; i < values.size(); i++) {
                if (values.get(i) != null) {
                    String name = c.inputName(i);
                    if (graph.variables().containsKey(name)) {
                        variables.set(name, values.get(i));
                    } else {
                        program.set(name, values.get(i));
                    }
                }
            }
            program.run();
            for (String name : graph.outputs().keySet()) {
                outputs.add(program.get(name));
            }
        }
        return outputs;
    }

    /** Sum of squared differences over the sum of the expected values' squares. */
    public static double normalisedSquareError(Tensor actual, Tensor expected) {
        double error = 0;
        double power = 0;
        for (long i = 0; i < expected.size(); i++) {
            double d = actual.get(i) - expected.get(i);
            error += d * d;
            power += expected.get(i) * expected.get(i);
        }
        return error == 0 ? 0 : error / power;
    }
}
