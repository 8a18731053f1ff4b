package org.cryonext.engine.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.cryonext.engine.cases.CaseInput;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.Activation;
import org.cryonext.engine.op.Gelu;
import org.cryonext.engine.op.Grn;
import org.cryonext.engine.op.LayerNorm;
import org.cryonext.engine.op.Linear;
import org.cryonext.engine.op.Mlp;
import org.cryonext.engine.pass.FuseMlp;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An MLP as one kernel against its operators one by one: to the bit, so that it never matters which of them ran. */
class MlpKernelsTest {
    private static final String INPUT = "x";

    /** What lies behind a depthwise convolution, followed by a residual or not; in training what GELU is given is read as well. */
    private enum Form {
        ALONE,
        RESIDUAL,
        TRAINING
    }

    private static Graph parts(long[] image, int hidden, boolean grn, Form form) {
        int channels = (int) image[3];
        Graph graph = new Graph();
        Value x = graph.input(INPUT, TensorType.f32(image));
        Value h = graph.add(
                new LayerNorm(1e-6),
                x,
                graph.variable("norm.weight", TensorType.f32(channels)),
                graph.variable("norm.bias", TensorType.f32(channels)));
        h = graph.add(
                new Linear(form == Form.TRAINING ? Activation.NONE : Activation.GELU),
                h,
                graph.variable("first.weight", TensorType.f32(hidden, channels)),
                graph.variable("first.bias", TensorType.f32(hidden)));
        if (form == Form.TRAINING) {
            graph.output("affine", h);
            h = graph.add(new Gelu(false), h);
        }
        if (grn) {
            h = graph.add(
                    new Grn(1e-6),
                    h,
                    graph.variable("gamma", TensorType.f32(hidden)),
                    graph.variable("beta", TensorType.f32(hidden)));
        }
        Value weight = graph.variable("second.weight", TensorType.f32(channels, hidden));
        Value bias = graph.variable("second.bias", TensorType.f32(channels));
        Value y = form == Form.RESIDUAL
                ? graph.add(new Linear(), h, weight, bias, x, graph.variable("scale", TensorType.f32(channels)), null)
                : graph.add(new Linear(), h, weight, bias);
        graph.output("y", y);
        return graph;
    }

    private static Map<String, float[]> run(Graph graph, CpuBackend backend) {
        Map<String, float[]> results = new HashMap<>();
        try (Variables variables = new Variables(backend)) {
            set(graph, variables, 1);
            try (Program program = Program.compile(graph, variables)) {
                TensorType x = graph.inputs().get(INPUT).type();
                program.set(INPUT, CaseInput.normal(x.shape().toArray()).tensor(7));
                program.run();
                results.put("first", program.get("y").toFloats());
                program.run();
                results.put("again", program.get("y").toFloats());
                set(graph, variables, 2);
                program.run();
                results.put("with other weights", program.get("y").toFloats());
                if (graph.outputs().containsKey("affine")) {
                    results.put("affine", program.get("affine").toFloats());
                }
            }
        }
        return results;
    }

    private static void set(Graph graph, Variables variables, int seed) {
        graph.variables().forEach((name, variable) -> {
            double scale = name.endsWith(".weight") && variable.shape().rank() == 2
                    ? 1 / Math.sqrt(variable.shape().channels())
                    : 1;
            Tensor value = CaseInput.normal(scale, variable.shape().toArray()).tensor(name.hashCode() * 31 + seed);
            variables.set(name, value);
        });
    }

    @ParameterizedTest
    @CsvSource({
        // one row, few rows, a row more than whole panels, many rows
        "1, 1, 1, 8, 32",
        "1, 7, 7, 96, 384",
        "1, 29, 30, 40, 160",
        "2, 14, 14, 192, 768",
        "3, 7, 7, 768, 3072",
        "5, 9, 13, 33, 97",
        "4, 28, 28, 24, 200",
        "2, 57, 56, 16, 64",
        "2, 57, 56, 200, 400",
        "7, 14, 14, 264, 1056"
    })
    void hasTheBitsOfItsParts(long n, long h, long w, long c, int hidden) {
        long[] image = {n, h, w, c};
        try (CpuBackend one = new CpuBackend(1);
                CpuBackend two = new CpuBackend(2);
                CpuBackend five = new CpuBackend(5);
                CpuBackend small = new CpuBackend(2, new CpuCaches(256 << 10, 2 << 20))) {
            for (boolean grn : new boolean[] {false, true}) {
                for (Form form : Form.values()) {
                    Graph parts = parts(image, hidden, grn, form);
                    Graph fused = FuseMlp.whereFaster(parts, one);
                    assertThat(fused.nodes()).anyMatch(node -> node.op() instanceof Mlp);
                    Map<String, float[]> expected = run(parts, one);
                    assertThat(expected.get("again")).isEqualTo(expected.get("first"));
                    for (CpuBackend backend : new CpuBackend[] {one, two, five, small}) {
                        run(fused, backend)
                                .forEach((name, values) -> assertThat(values)
                                        .as("%s, Grn %s, %s, on %s", name, grn, form, backend.description())
                                        .isEqualTo(expected.get(name)));
                    }
                }
            }
        }
    }
}
