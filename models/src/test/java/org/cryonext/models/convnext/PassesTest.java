package org.cryonext.models.convnext;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.grad.Gradients;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.io.Safetensors;
import org.cryonext.engine.op.Gelu;
import org.cryonext.engine.op.SoftmaxCrossEntropy;
import org.cryonext.engine.pass.DeadNodes;
import org.cryonext.engine.pass.FuseLinear;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;
import org.cryonext.models.Fixtures;
import org.cryonext.models.Models;
import org.cryonext.models.checkpoint.Checkpoint;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine's passes leave the numbers of whole models as they are. */
class PassesTest {
    @ParameterizedTest
    @ValueSource(strings = {"v1", "v2", "v1-deep", "v2-deep"})
    void outputsAndGradientsStay(String model) {
        Checkpoint checkpoint = Checkpoint.read(Fixtures.model(model));
        try (Safetensors file = Safetensors.open(Fixtures.reference(model))) {
            Tensor x = file.tensor("x").transpose(0, 2, 3, 1);
            Graph plain = ConvNext.inference(
                    checkpoint.config(),
                    x.shape().dim(0),
                    x.shape().dim(1),
                    x.shape().dim(2));
            Graph fused = FuseLinear.apply(plain);
            assertThat(fused.nodes()).noneMatch(n -> n.op() instanceof Gelu);
            assertClose(run(checkpoint, plain, x), run(checkpoint, fused, x));

            Value labels = plain.input(
                    "labels", new TensorType(DType.I32, Shape.of(x.shape().dim(0))));
            Value loss = plain.add(new SoftmaxCrossEntropy(0), plain.output("logits"), labels);
            List<Value> parameters = List.copyOf(plain.variables().values());
            List<String> names = List.copyOf(plain.variables().keySet());
            Map<Value, Value> gradients = Gradients.add(plain, loss, parameters);
            for (int i = 0; i < names.size(); i++) {
                plain.output("grad." + names.get(i), gradients.get(parameters.get(i)));
            }
            // The loss itself is no output, so it is dead; its gradient is not.
            Graph trained = FuseLinear.apply(DeadNodes.remove(plain));
            assertThat(trained.nodes()).noneMatch(n -> n.op() instanceof SoftmaxCrossEntropy);
            plain.output("loss", loss);
            assertClose(run(checkpoint, plain, x), run(checkpoint, trained, x));
        }
    }

    private static Map<String, float[]> run(Checkpoint checkpoint, Graph graph, Tensor x) {
        try (ReferenceBackend backend = new ReferenceBackend();
                Variables variables = new Variables(backend)) {
            checkpoint.upload(variables);
            try (Program program = Program.compile(graph, variables)) {
                program.set("x", x);
                program.run();
                Map<String, float[]> outputs = new TreeMap<>();
                graph.outputs()
                        .keySet()
                        .forEach(name -> outputs.put(name, program.get(name).toFloats()));
                return outputs;
            }
        }
    }

    private static void assertClose(Map<String, float[]> expected, Map<String, float[]> found) {
        assertThat(found).isNotEmpty();
        found.forEach((name, values) ->
                assertThat(Models.relative(values, expected.get(name))).as(name).isLessThan(1e-5));
    }
}
