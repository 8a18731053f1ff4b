package org.cryonext.engine.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.plan.Plan;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What does not fit is refused with the reason; whatever is accepted has a result that can be planned. */
class PrimitiveShapesTest {
    private static final long HUGE = 1L << 62;

    private static TensorType f32(long... dims) {
        return TensorType.f32(dims);
    }

    private static TensorType of(DType dtype, long... dims) {
        return new TensorType(dtype, Shape.of(dims));
    }

    private static Arguments refused(String why, Op op, TensorType... in) {
        return Arguments.of(why, op, Arrays.asList(in));
    }

    private static Convolution convolution(long stride, long dilation, long before, long after, long groups) {
        return new Convolution(List.of(stride), List.of(dilation), List.of(before), List.of(after), groups);
    }

    static Stream<Arguments> misfits() {
        Binary add = new Binary(BinaryFunction.ADD);
        return Stream.of(
                refused("x is I32, expected a floating type", new Unary(UnaryFunction.ERF), of(DType.I32, 3)),
                refused("x is BOOL, expected numbers", new Unary(UnaryFunction.RELU), of(DType.BOOL, 3)),
                refused("[2, 3] and [2] do not broadcast", add, f32(2, 3), f32(2)),
                refused("[3] and [0] do not broadcast", add, f32(3), f32(0)),
                refused("b is F64, expected F32", add, f32(3), of(DType.F64, 3)),
                refused("b is BOOL, expected numbers", add, f32(3), of(DType.BOOL, 3)),
                refused("more elements than a long can count", add, f32(1L << 40, 1), f32(1L << 40)),
                refused("more bytes than a long can count", add, f32(1L << 31, 1), f32(1L << 31)),
                refused("condition is F32, expected BOOL", new Where(), f32(3), f32(3), f32(3)),
                refused("y is I64, expected F32", new Where(), of(DType.BOOL, 3), f32(3), of(DType.I64, 3)),
                refused("do not broadcast", new Where(), of(DType.BOOL, 4), f32(3), f32(3)),
                refused("no axis 2", new Reduce(ReduceFunction.SUM, List.of(2)), f32(2, 3)),
                refused("no axis -1", new Reduce(ReduceFunction.SUM, List.of(-1)), f32(2, 3)),
                refused("given twice", new Reduce(ReduceFunction.SUM, List.of(1, 1)), f32(2, 3)),
                refused("expected numbers", new Reduce(ReduceFunction.L2, List.of(0)), of(DType.BOOL, 2)),
                refused("each of its 2 axes once", new Permute(List.of(0)), f32(2, 3)),
                refused("each of its 2 axes once", new Permute(List.of(1, 1)), f32(2, 3)),
                refused("no axis 2", new Permute(List.of(1, 2)), f32(2, 3)),
                refused("x is [2], which does not broadcast to [3]", new Expand(Shape.of(3)), f32(2)),
                refused("does not broadcast", new Expand(Shape.of(3)), f32(1, 3)),
                refused("more bytes", new Expand(Shape.of(HUGE)), f32(1)),
                refused("1 starts for x", new Slice(List.of(0L), List.of(1L, 1L), Shape.of(1, 1)), f32(2, 3)),
                refused("2 steps for x", new Slice(List.of(0L), List.of(1L, 1L), Shape.of(1)), f32(2)),
                refused("2 extents for x", new Slice(List.of(0L), List.of(1L), Shape.of(1, 1)), f32(2)),
                refused("step of axis 0 is 0", new Slice(List.of(0L), List.of(0L), Shape.of(1)), f32(2)),
                refused("beyond axis 0", new Slice(List.of(1L), List.of(1L), Shape.of(2)), f32(2)),
                refused("beyond axis 0", new Slice(List.of(-1L), List.of(1L), Shape.of(1)), f32(2)),
                refused("beyond axis 0", new Slice(List.of(1L), List.of(-1L), Shape.of(3)), f32(2)),
                refused("beyond axis 0", new Slice(List.of(1L), List.of(HUGE), Shape.of(5)), f32(2)),
                refused("beyond axis 0", new Slice(List.of(1L), List.of(Long.MIN_VALUE), Shape.of(2)), f32(2)),
                refused("1 pads before", new Pad(List.of(1L), List.of(1L, 1L), PadMode.EDGE), f32(2, 2)),
                refused("is negative", new Pad(List.of(-1L), List.of(1L), PadMode.EDGE), f32(2)),
                refused("no elements to continue", new Pad(List.of(1L), List.of(0L), PadMode.WRAP), f32(0)),
                refused("longer than a long", new Pad(List.of(HUGE), List.of(HUGE), PadMode.CONSTANT), f32(2)),
                refused("value is F64", new Pad(List.of(1L), List.of(1L), PadMode.EDGE), f32(2), of(DType.F64)),
                refused("one element", new Pad(List.of(1L), List.of(1L), PadMode.EDGE), f32(2), f32(2)),
                refused("nothing to join", new Concat(0)),
                refused("no axis 0", new Concat(0), f32(), f32()),
                refused("F64 [2] does not join F32 [2]", new Concat(0), f32(2), of(DType.F64, 2)),
                refused("does not join", new Concat(0), f32(2), f32(2, 2)),
                refused("axis 1 differs", new Concat(0), f32(2, 3), f32(2, 4)),
                refused("more bytes", new Concat(0), f32(1L << 60), f32(1L << 60)),
                refused("longer than a long", new Concat(1), f32(0, HUGE), f32(0, HUGE)),
                refused("no axis 1", new Gather(1), f32(2), of(DType.I64, 2)),
                refused("indices is F32, expected I32 or I64", new Gather(0), f32(2), f32(2)),
                refused("more elements", new Gather(0), f32(2, 1L << 30), of(DType.I64, 1L << 40)),
                refused("at least 2 dimensions", new MatMul(), f32(2), f32(2, 2)),
                refused("3 columns meet 4 rows", new MatMul(), f32(2, 3), f32(4, 2)),
                refused("do not broadcast", new MatMul(), f32(2, 2, 3), f32(3, 3, 2)),
                refused("b is F64", new MatMul(), f32(2, 3), of(DType.F64, 3, 2)),
                refused("expected numbers", new MatMul(), of(DType.BOOL, 2, 3), of(DType.BOOL, 3, 2)),
                refused("expected [N, C, spatial...]", convolution(1, 1, 0, 0, 1), f32(1, 2), f32(1, 2)),
                refused("expected 3 dimensions", convolution(1, 1, 0, 0, 1), f32(1, 2, 3), f32(1, 2)),
                refused("does not fit x", convolution(1, 1, 0, 0, 1), f32(1, 2, 3), f32(4, 3, 1)),
                refused("does not fit x", convolution(1, 1, 0, 0, 0), f32(1, 2, 3), f32(4, 2, 1)),
                refused("does not fit x", convolution(1, 1, 0, 0, 2), f32(1, 4, 3), f32(3, 2, 1)),
                refused("in 3 groups", convolution(1, 1, 0, 0, 3), f32(1, 4, 3), f32(3, 1, 1)),
                refused("each of the 2 spatial", convolution(1, 1, 0, 0, 1), f32(1, 2, 3, 3), f32(4, 2, 1, 1)),
                refused("bias is [3]", convolution(1, 1, 0, 0, 1), f32(1, 2, 3), f32(4, 2, 1), f32(3)),
                refused("at least 1", convolution(0, 1, 0, 0, 1), f32(1, 2, 3), f32(4, 2, 1)),
                refused("at least 1", convolution(1, 0, 0, 0, 1), f32(1, 2, 3), f32(4, 2, 1)),
                refused("pads at least 0", convolution(1, 1, -1, 0, 1), f32(1, 2, 3), f32(4, 2, 1)),
                refused("at least 1", convolution(1, 1, 0, 0, 1), f32(1, 2, 3), f32(4, 2, 0)),
                refused("reaches beyond x", convolution(1, 1, 0, 0, 1), f32(1, 2, 3), f32(4, 2, 4)),
                refused("reaches beyond x", convolution(1, HUGE, 0, 0, 1), f32(1, 2, 3), f32(4, 2, 4)),
                refused("longer than a long", convolution(1, 1, HUGE, HUGE, 1), f32(1, 2, 3), f32(4, 2, 1)),
                refused("more elements", convolution(1, 1, HUGE, 0, 1), f32(1, 2, 3), f32(4, 2, 1)),
                refused("no axis 1", new Softmax(1), f32(3)),
                refused("no axis 0", new Softmax(0), f32()),
                refused("expected a floating type", new Softmax(0), of(DType.I64, 3)));
    }

    @ParameterizedTest
    @MethodSource("misfits")
    void whatDoesNotFitIsRefusedWithTheReason(String why, Op op, List<TensorType> in) {
        assertThatThrownBy(() -> op.infer(new Inputs(op, in)))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(op + ": ")
                .hasMessageContaining(why);
    }

    @Test
    void anExponentMayBeOfAnotherType() {
        Binary pow = new Binary(BinaryFunction.POW);
        assertThat(pow.infer(new Inputs(pow, List.of(of(DType.I32, 3, 1), f32(4)))))
                .containsExactly(of(DType.I32, 3, 4));
    }

    @Test
    void aResultLargerThanAnArrayIsRefusedBeforeItIsAllocated() {
        Graph graph = new Graph();
        graph.output("y", graph.add(new Expand(Shape.of(1 << 20, 1 << 20)), graph.input("x", f32(1))));
        assertThatThrownBy(() -> Plan.of(graph, new ReferenceBackend()))
                .hasMessageContaining("F32 [1048576, 1048576] has more elements than a Java array");
    }

    @Test
    void floatingPointOperationsOfProducts() {
        MatMul matMul = new MatMul();
        assertThat(matMul.flops(new Inputs(matMul, List.of(f32(5, 2, 3), f32(3, 7)))))
                .isEqualTo(2 * 5 * 2 * 3 * 7);
        Convolution convolution = convolution(2, 1, 1, 0, 2);
        assertThat(convolution.flops(new Inputs(convolution, List.of(f32(3, 4, 8), f32(6, 2, 3), f32(6)))))
                .isEqualTo(2 * 3 * 6 * 4 * 2 * 3);
    }
}
