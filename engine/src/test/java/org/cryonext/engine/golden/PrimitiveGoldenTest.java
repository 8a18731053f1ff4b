package org.cryonext.engine.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.io.Safetensors;
import org.cryonext.engine.op.Binary;
import org.cryonext.engine.op.BinaryFunction;
import org.cryonext.engine.op.Cast;
import org.cryonext.engine.op.Concat;
import org.cryonext.engine.op.Convolution;
import org.cryonext.engine.op.Expand;
import org.cryonext.engine.op.Gather;
import org.cryonext.engine.op.MatMul;
import org.cryonext.engine.op.Pad;
import org.cryonext.engine.op.PadMode;
import org.cryonext.engine.op.Permute;
import org.cryonext.engine.op.Primitive;
import org.cryonext.engine.op.Reduce;
import org.cryonext.engine.op.ReduceFunction;
import org.cryonext.engine.op.Slice;
import org.cryonext.engine.op.Softmax;
import org.cryonext.engine.op.Unary;
import org.cryonext.engine.op.UnaryFunction;
import org.cryonext.engine.op.Where;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The reference backend's primitives, in every element type, against NumPy's and PyTorch's values
 * (tools/python/op_goldens.py made them): doubles within rounding, everything else exactly.
 */
class PrimitiveGoldenTest {
    private static final Path FILE = Path.of("src/test/resources/golden/primitives.safetensors");
    private static final double TOLERANCE = 1e-14;

    private static Safetensors golden;

    @BeforeAll
    static void open() {
        golden = Safetensors.open(FILE);
    }

    @AfterAll
    static void close() {
        golden.close();
    }

    static Stream<String> cases() {
        try (Safetensors file = Safetensors.open(FILE)) {
            return file.types().keySet().stream()
                    .filter(name -> name.endsWith(".output"))
                    .map(name -> name.substring(0, name.lastIndexOf('.')))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    /** The attributes of one case. */
    private record Attributes(String name) {
        String text(String key) {
            return golden.metadata().get(name + "." + key);
        }

        List<Long> longs(String key) {
            return text(key).isEmpty()
                    ? List.of()
                    : Arrays.stream(text(key).split(",")).map(Long::valueOf).toList();
        }

        List<Integer> ints(String key) {
            return longs(key).stream().map(Math::toIntExact).toList();
        }

        int number(String key) {
            return ints(key).getFirst();
        }

        <E extends Enum<E>> E constant(Class<E> type, String key) {
            return Enum.valueOf(type, text(key).toUpperCase(Locale.ROOT));
        }
    }

    private static Primitive op(String name) {
        Attributes a = new Attributes(name);
        return switch (a.text("operator")) {
            case "unary" -> new Unary(a.constant(UnaryFunction.class, "function"));
            case "binary" -> new Binary(a.constant(BinaryFunction.class, "function"));
            case "where" -> new Where();
            case "cast" -> new Cast(a.constant(DType.class, "to"));
            case "reduce" -> new Reduce(a.constant(ReduceFunction.class, "function"), a.ints("axes"));
            case "softmax" -> new Softmax(a.number("axis"));
            case "permute" -> new Permute(a.ints("order"));
            case "expand" -> new Expand(new Shape(a.longs("shape")));
            case "slice" -> new Slice(a.longs("starts"), a.longs("steps"), new Shape(a.longs("shape")));
            case "pad" -> new Pad(a.longs("before"), a.longs("after"), a.constant(PadMode.class, "mode"));
            case "concat" -> new Concat(a.number("axis"));
            case "gather" -> new Gather(a.number("axis"));
            case "matmul" -> new MatMul();
            case "convolution" ->
                new Convolution(
                        a.longs("strides"),
                        a.longs("dilations"),
                        a.longs("before"),
                        a.longs("after"),
                        a.number("groups"));
            default -> throw new IllegalArgumentException("no operator for the golden case " + name);
        };
    }

    @Test
    void everyPrimitiveHasACase() {
        Set<Class<?>> covered = cases().map(name -> op(name).getClass()).collect(Collectors.toSet());
        assertThat(covered).containsExactlyInAnyOrder(Primitive.class.getPermittedSubclasses());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void primitiveIsThatOfNumpyAndPyTorch(String name) {
        Primitive op = op(name);
        List<String> stored = new ArrayList<>();
        if (op.slots().repeats()) {
            for (int i = 0; golden.types().containsKey(name + ".x" + i); i++) {
                stored.add("x" + i);
            }
        } else {
            for (int i = 0; i < op.slots().names().size(); i++) {
                String slot = op.slots().name(i);
                stored.add(golden.types().containsKey(name + "." + slot) ? slot : null);
            }
        }
        Graph graph = new Graph();
        List<Value> in = new ArrayList<>();
        for (String slot : stored) {
            in.add(slot == null ? null : graph.input(slot, golden.types().get(name + "." + slot)));
        }
        graph.output("y", graph.node(op, "", in).output(0));
        try (ReferenceBackend backend = new ReferenceBackend();
                Variables variables = new Variables(backend);
                Program program = Program.compile(graph, variables)) {
            graph.inputs().keySet().forEach(slot -> program.set(slot, golden.tensor(name + "." + slot)));
            program.run();
            same(program.get("y"), golden.tensor(name + ".output"), name);
        }
    }

    private static void same(Tensor actual, Tensor expected, String name) {
        assertThat(actual.type()).as(name).isEqualTo(expected.type());
        boolean sum = name.startsWith("matmul") || name.startsWith("convolution") || name.startsWith("reduce");
        double largest = 0;
        for (long i = 0; i < expected.size() && sum; i++) {
            largest = Math.max(largest, Math.abs(expected.get(i)));
        }
        for (long i = 0; i < expected.size(); i++) {
            double a = actual.get(i);
            double e = expected.get(i);
            // Sums may cancel, so theirs is judged by the largest; single values each by itself.
            double allowed = actual.dtype() == DType.F64 ? TOLERANCE * (sum ? largest : Math.abs(e)) : 0;
            assertThat(Double.compare(a, e) == 0 || a == e || Math.abs(a - e) <= allowed)
                    .as("%s at %d: %s, expected %s", name, i, a, e)
                    .isTrue();
        }
    }
}
