package org.cryonext.engine.cases;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.cryonext.engine.backend.reference.ReferenceBackend;
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
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every case of a primitive in every element type, element by element against its definition, which knows nothing of
 * memory: the reference's kernels go through theirs in an order that is faster, and might go astray.
 */
class PrimitiveDefinitionTest {
    static Stream<OpCase> cases() {
        return OpCases.tests().filter(c -> c.op() instanceof Primitive);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void followsItsDefinition(OpCase c) {
        boolean real = c.inputs().stream().anyMatch(i -> i != null && i.type().dtype() == DType.F32);
        for (DType dtype : real ? List.of(DType.F64, DType.F32, DType.F16, DType.BF16) : List.of(DType.F32)) {
            List<Tensor> in = new ArrayList<>();
            for (Tensor value : c.values()) {
                in.add(value == null ? null : value.dtype() == DType.F32 ? value.to(dtype) : value);
            }
            Tensor actual;
            try (ReferenceBackend backend = new ReferenceBackend()) {
                actual = CaseRunner.run(c, backend, dtype).getFirst();
            }
            int[] dims = actual.shape().toInts();
            int[] index = new int[dims.length];
            for (long i = 0; i < actual.size(); i++) {
                double expected = actual.dtype().round(define((Primitive) c.op(), in, index));
                double tolerance = tolerance(actual.dtype()) * Math.abs(expected) + smallest(actual.dtype());
                assertThat(actual.get(i) == expected
                                || Double.isNaN(actual.get(i)) && Double.isNaN(expected)
                                || Math.abs(actual.get(i) - expected) <= tolerance)
                        .as(
                                "%s in %s at %s: %s, expected %s",
                                c, dtype, Arrays.toString(index), actual.get(i), expected)
                        .isTrue();
                count(index, dims);
            }
        }
    }

    /** Sums in another order differ in the last bits; what was near the middle is rounded to the other side. */
    private static double tolerance(DType dtype) {
        return switch (dtype) {
            case F64 -> 1e-12;
            case F32 -> 0x1p-23;
            case F16 -> 0x1p-10;
            case BF16 -> 0x1p-7;
            default -> 0;
        };
    }

    /** Where sums cancel. */
    private static double smallest(DType dtype) {
        return switch (dtype) {
            case F64 -> 1e-13;
            case F32 -> 1e-12;
            case F16 -> 0x1p-24;
            case BF16 -> 1e-12;
            default -> 0;
        };
    }

    @Test
    void everyElementTypeIsMet() {
        assertThat(cases().flatMap(c -> c.inputs().stream())
                        .filter(i -> i != null)
                        .map(i -> i.type().dtype())
                        .distinct())
                .contains(DType.BOOL, DType.U8, DType.I8, DType.U16, DType.I16, DType.U32, DType.I32, DType.U64)
                .contains(DType.I64, DType.F32);
    }

    private static double define(Primitive primitive, List<Tensor> in, int[] at) {
        Tensor x = in.getFirst();
        return switch (primitive) {
            case Unary op -> unary(op.function(), get(x, at));
            case Binary op -> binary(op.function(), x.dtype().isFloating(), stretched(x, at), stretched(in.get(1), at));
            case Where op -> stretched(x, at) != 0 ? stretched(in.get(1), at) : stretched(in.get(2), at);
            case Cast op -> get(x, at);
            case Reduce op -> reduce(op, x, at);
            case Permute op -> permute(op, x, at);
            case Expand op -> stretched(x, at);
            case Slice op ->
                get(
                        x,
                        map(
                                at,
                                (d, i) -> Math.toIntExact(op.starts().get(d)
                                        + (i == 0 ? 0 : i * op.steps().get(d)))));
            case Pad op -> pad(op, x, in.size() > 1 ? in.get(1) : null, at);
            case Concat op -> concat(op.axis(), in, at);
            case Gather op -> gather(op.axis(), x, in.get(1), at);
            case MatMul op -> matMul(x, in.get(1), at);
            case Convolution op -> convolution(op, x, in.get(1), in.size() > 2 ? in.get(2) : null, at);
            case Softmax op -> softmax(op.axis(), x, at);
        };
    }

    private static double unary(UnaryFunction function, double x) {
        return switch (function) {
            case ERF -> erf(x);
            case SQRT -> Math.sqrt(x);
            case SIGMOID -> 1 / (1 + Math.exp(-x));
            case TANH -> 1 - 2 / (Math.exp(2 * x) + 1);
            case RELU -> x > 0 ? x : 0;
        };
    }

    /** By Simpson's rule. */
    private static double erf(double x) {
        double end = Math.clamp(x, -6, 6);
        int steps = 2000;
        double sum = 0;
        for (int i = 0; i <= steps; i++) {
            double t = end * i / steps;
            sum += Math.exp(-t * t) * (i == 0 || i == steps ? 1 : i % 2 == 0 ? 2 : 4);
        }
        return 2 / Math.sqrt(Math.PI) * sum * end / steps / 3;
    }

    private static double binary(BinaryFunction function, boolean real, double a, double b) {
        return switch (function) {
            case ADD -> a + b;
            case SUB -> a - b;
            case MUL -> a * b;
            case DIV -> real ? a / b : (long) a / (long) b;
            case POW -> Math.pow(a, b);
            case MIN -> a < b ? a : b;
            case MAX -> a > b ? a : b;
        };
    }

    private static double reduce(Reduce op, Tensor x, int[] at) {
        int[] window = IntStream.range(0, at.length)
                .map(d -> op.axes().contains(d) ? Math.toIntExact(x.shape().dim(d)) : 1)
                .toArray();
        double sum = 0;
        long count = 0;
        for (int[] offset : indices(window)) {
            double value = get(x, map(at, (d, i) -> i + offset[d]));
            sum += op.function() == ReduceFunction.L2 ? value * value : value;
            count++;
        }
        return switch (op.function()) {
            case MEAN -> sum / count;
            case SUM -> sum;
            case L2 -> Math.sqrt(sum);
        };
    }

    private static double permute(Permute op, Tensor x, int[] at) {
        int[] source = new int[at.length];
        for (int d = 0; d < at.length; d++) {
            source[op.order().get(d)] = at[d];
        }
        return get(x, source);
    }

    private static double pad(Pad op, Tensor x, Tensor value, int[] at) {
        int[] source = map(at, (d, i) -> i - Math.toIntExact(op.before().get(d)));
        for (int d = 0; d < source.length; d++) {
            int extent = Math.toIntExact(x.shape().dim(d));
            if (op.mode() == PadMode.CONSTANT && (source[d] < 0 || source[d] >= extent)) {
                return value == null ? 0 : value.get(0);
            }
            // One step at a time towards the inside.
            while (source[d] < 0 || source[d] >= extent) {
                source[d] = switch (op.mode()) {
                    case CONSTANT -> throw new AssertionError();
                    case EDGE -> source[d] < 0 ? 0 : extent - 1;
                    case WRAP -> source[d] < 0 ? source[d] + extent : source[d] - extent;
                    case REFLECT -> extent == 1 ? 0 : source[d] < 0 ? -source[d] : 2 * (extent - 1) - source[d];
                };
            }
        }
        return get(x, source);
    }

    private static double concat(int axis, List<Tensor> in, int[] at) {
        int[] source = at.clone();
        for (Tensor part : in) {
            if (source[axis] < part.shape().dim(axis)) {
                return get(part, source);
            }
            source[axis] -= Math.toIntExact(part.shape().dim(axis));
        }
        throw new AssertionError("beyond the last part");
    }

    private static double gather(int axis, Tensor x, Tensor indices, int[] at) {
        int rank = indices.shape().rank();
        long entry = indices.getLong(offset(indices.shape(), Arrays.copyOfRange(at, axis, axis + rank)));
        int[] source = new int[x.shape().rank()];
        System.arraycopy(at, 0, source, 0, axis);
        source[axis] = Math.toIntExact(entry < 0 ? entry + x.shape().dim(axis) : entry);
        System.arraycopy(at, axis + rank, source, axis + 1, source.length - axis - 1);
        return get(x, source);
    }

    private static double matMul(Tensor a, Tensor b, int[] at) {
        double sum = 0;
        for (int k = 0; k < a.shape().dim(-1); k++) {
            int[] left = at.clone();
            left[at.length - 1] = k;
            int[] right = at.clone();
            right[at.length - 2] = k;
            sum += stretched(a, left) * stretched(b, right);
        }
        return sum;
    }

    private static double convolution(Convolution op, Tensor x, Tensor weight, Tensor bias, int[] at) {
        int[] kernel = weight.shape().toInts();
        int channels = kernel[1];
        int group = Math.toIntExact(at[1] / (weight.shape().dim(0) / op.groups()));
        kernel[0] = 1;
        double sum = bias == null ? 0 : bias.get(at[1]);
        for (int[] tap : indices(kernel)) {
            int[] source = at.clone();
            source[1] = group * channels + tap[1];
            boolean inside = true;
            for (int d = 2; d < source.length; d++) {
                source[d] = Math.toIntExact(at[d] * op.strides().get(d - 2)
                        + tap[d] * op.dilations().get(d - 2)
                        - op.before().get(d - 2));
                inside &= source[d] >= 0 && source[d] < x.shape().dim(d);
            }
            tap[0] = at[1];
            sum += inside ? get(x, source) * get(weight, tap) : 0;
        }
        return sum;
    }

    private static double softmax(int axis, Tensor x, int[] at) {
        double[] values = IntStream.range(0, Math.toIntExact(x.shape().dim(axis)))
                .mapToDouble(k -> get(x, map(at, (d, i) -> d == axis ? k : i)))
                .toArray();
        // 1 / sum of exp(other - own) needs no largest element to be found.
        return 1 / Arrays.stream(values).map(v -> Math.exp(v - get(x, at))).sum();
    }

    @FunctionalInterface
    private interface IndexMap {
        int apply(int dimension, int index);
    }

    private static int[] map(int[] at, IndexMap map) {
        return IntStream.range(0, at.length).map(d -> map.apply(d, at[d])).toArray();
    }

    private static double get(Tensor tensor, int[] at) {
        return tensor.get(offset(tensor.shape(), at));
    }

    /** The element met by an index of a larger space. */
    private static double stretched(Tensor tensor, int[] at) {
        int rank = tensor.shape().rank();
        return get(
                tensor,
                map(
                        Arrays.copyOfRange(at, at.length - rank, at.length),
                        (d, i) -> tensor.shape().dim(d) == 1 ? 0 : i));
    }

    private static long offset(Shape shape, int[] at) {
        assertThat(at).hasSize(shape.rank());
        long offset = 0;
        for (int d = 0; d < at.length; d++) {
            offset = offset * shape.dim(d) + at[d];
        }
        return offset;
    }

    private static List<int[]> indices(int[] dims) {
        List<int[]> all = new ArrayList<>();
        int[] index = new int[dims.length];
        long size = Arrays.stream(dims).asLongStream().reduce(1, (a, b) -> a * b);
        for (long i = 0; i < size; i++) {
            all.add(index.clone());
            count(index, dims);
        }
        return all;
    }

    private static void count(int[] index, int[] dims) {
        for (int d = dims.length - 1; d >= 0 && ++index[d] == dims[d]; d--) {
            index[d] = 0;
        }
    }
}
