package org.cryonext.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.op.Variable;
import org.cryonext.engine.tensor.Tensor;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every operator that is read, by ONNX's own backend node tests and by cases of older forms and further types that ONNX
 * Runtime computed. Tolerances are those of ONNX's runner for its own cases, and tighter where another program's
 * rounding allows it.
 */
class OnnxNodeTest {
    private static final String OWN = "node-tests.zip";
    private static final String OTHER = "other-forms.zip";

    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicTest> onnxsOwnCases() {
        return tests(OWN);
    }

    @TestFactory
    Stream<DynamicTest> otherForms() {
        return tests(OTHER);
    }

    private Stream<DynamicTest> tests(String archive) {
        return OnnxCase.all(archive).stream().map(c -> DynamicTest.dynamicTest(c.name(), () -> run(c)));
    }

    @Test
    void theDocumentNamesEveryOperator() throws IOException {
        String document = Files.readString(Path.of("../docs/onnx.md"));
        String table = document.substring(document.indexOf("## Operators"), document.indexOf("Element types:"));
        assertThat(table.split("\\W+"))
                .contains(Rules.names().stream()
                        .map(name -> name.replace(Rules.MICROSOFT + ".", ""))
                        .toArray(String[]::new));
        assertThat(table).contains("Versions " + Rules.OLDEST + " to " + Rules.NEWEST);
    }

    /** Cases by operator, so that none goes missing when an archive is made anew. */
    @Test
    void noCaseIsMissing() {
        assertThat(counts(OWN)).isEqualTo("""
                Add 8, Cast 8, Ceil 2, Clip 12, Concat 12, Constant 1, ConstantOfShape 3, Conv 6, Div 10, \
                Dropout 6, Erf 1, Expand 2, Flatten 9, Floor 2, Gather 4, Gelu 4, Gemm 11, GlobalAveragePool 2, \
                Identity 1, LayerNormalization 19, MatMul 7, Mul 9, Pad 6, Pow 12, Range 4, ReduceL2 9, \
                ReduceMean 8, ReduceSum 12, Relu 1, Reshape 10, Shape 11, Sigmoid 2, Slice 8, Softmax 7, Sqrt 2, \
                Squeeze 2, Sub 9, Tanh 2, Transpose 7, Unsqueeze 7, Where 2""");
        assertThat(counts(OTHER)).isEqualTo("""
                Add 11, BiasGelu 1, Cast 21, Ceil 4, Clip 23, Concat 16, Constant 17, ConstantOfShape 15, Conv 19, \
                Div 11, Dropout 3, Erf 4, Expand 16, Flatten 3, Floor 4, Gather 17, Gelu 9, Gemm 17, \
                GlobalAveragePool 5, Identity 13, LayerNormalization 9, MatMul 10, Mul 11, Pad 24, Pow 10, \
                Range 10, ReduceL2 22, ReduceMean 22, ReduceSum 26, Relu 8, Reshape 17, Shape 1, Sigmoid 4, \
                Slice 21, Softmax 27, Sqrt 4, Squeeze 4, Sub 11, Tanh 4, Transpose 14, Unsqueeze 3, Where 13""");
    }

    private static String counts(String archive) {
        Map<String, Integer> counts = new TreeMap<>();
        OnnxCase.all(archive).forEach(c -> counts.merge(c.operators().getFirst(), 1, Integer::sum));
        return counts.entrySet().stream()
                .map(e -> e.getKey() + " " + e.getValue())
                .collect(Collectors.joining(", "));
    }

    /** Runs the model on its inputs, then once more as a model whose inputs are weights, which is computed in advance. */
    private void run(OnnxCase c) throws IOException {
        List<byte[]> messages = new ArrayList<>(c.inputs());
        messages.addAll(c.outputs());
        List<Tensor> tensors = OnnxCase.tensors(folder, messages);
        List<Tensor> expected = tensors.subList(c.inputs().size(), tensors.size());
        try (OnnxFile file = open(c.model());
                Backend backend = new ReferenceBackend()) {
            Map<String, Tensor> inputs = new LinkedHashMap<>();
            assertThat(file.inputs()).hasSameSizeAs(c.inputs());
            file.inputs().forEach(port -> inputs.put(port.name(), tensors.get(inputs.size())));
            requireClose(OnnxProgram.forInputs(file, inputs, false).run(backend, inputs), expected);
        }
        try (OnnxFile file = open(c.modelOfConstants());
                Backend backend = new ReferenceBackend()) {
            OnnxProgram program = OnnxProgram.of(file, Map.of(), false);
            assertThat(program.graph().nodes()).extracting(Node::op).hasOnlyElementsOfTypes(Variable.class);
            requireClose(program.run(backend, Map.of()), expected);
        }
    }

    private OnnxFile open(byte[] model) throws IOException {
        Path path = folder.resolve("model.onnx");
        Files.write(path, model);
        return OnnxFile.open(path);
    }

    private static void requireClose(Map<String, Tensor> found, List<Tensor> expected) {
        assertThat(found).hasSameSizeAs(expected);
        Iterator<Tensor> next = expected.iterator();
        found.forEach((name, tensor) -> requireClose(name, tensor, next.next()));
    }

    private static void requireClose(String name, Tensor found, Tensor expected) {
        assertThat(found.type()).as(name).isEqualTo(expected.type());
        for (long i = 0; i < found.size(); i++) {
            if (!found.dtype().isFloating()) {
                assertThat(found.getLong(i)).as("%s[%d]", name, i).isEqualTo(expected.getLong(i));
                continue;
            }
            double relative = switch (found.dtype()) {
                case F64 -> 1e-12;
                case F32 -> 1e-5;
                default -> 1e-3;
            };
            double e = expected.get(i);
            double f = found.get(i);
            boolean close =
                    f == e || Double.isNaN(f) && Double.isNaN(e) || Math.abs(f - e) <= 1e-7 + relative * Math.abs(e);
            assertThat(close).as("%s[%d] is %s, expected %s", name, i, f, e).isTrue();
        }
    }
}
