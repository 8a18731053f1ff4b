package org.cryonext.engine.cases;

import static org.cryonext.engine.cases.CaseInput.booleans;
import static org.cryonext.engine.cases.CaseInput.indices;
import static org.cryonext.engine.cases.CaseInput.integers;
import static org.cryonext.engine.cases.CaseInput.normal;
import static org.cryonext.engine.cases.CaseInput.of;

import java.util.ArrayList;
import java.util.List;
import org.cryonext.engine.cases.CaseInput.Kind;
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
import org.cryonext.engine.op.Reduce;
import org.cryonext.engine.op.ReduceFunction;
import org.cryonext.engine.op.Slice;
import org.cryonext.engine.op.Softmax;
import org.cryonext.engine.op.Unary;
import org.cryonext.engine.op.UnaryFunction;
import org.cryonext.engine.op.Where;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;

/** The primitives at work. Without timings: only the reference computes them, and it is not made to be fast. */
final class PrimitiveCases {
    /** A scalar, one element, nothing, a vector, an odd size, an image with the channels in front. */
    private static final long[][] SHAPES = {{}, {1}, {0, 3}, {7}, {3, 1, 5}, {2, 3, 4, 5}};

    /** Operands that stretch to one another: scalars, on either side, on both, in front, to nothing. */
    private static final long[][][] PAIRS = {
        {{}, {}},
        {{3}, {}},
        {{}, {2, 3}},
        {{1}, {1, 1}},
        {{2, 3, 4}, {2, 3, 4}},
        {{2, 3, 4}, {4}},
        {{3, 1}, {2, 1, 4}},
        {{2, 1, 4, 1}, {1, 3, 1, 5}},
        {{2, 1}, {1, 0}}
    };

    private PrimitiveCases() {}

    static List<OpLine> lines() {
        return List.of(
                unary(),
                binary(),
                where(),
                cast(),
                reduce(),
                permute(),
                expand(),
                slice(),
                pad(),
                concat(),
                gather(),
                matMul(),
                convolution(),
                softmax());
    }

    private static OpLine line(List<OpCase> tests) {
        return new OpLine(List.copyOf(tests), List.of());
    }

    private static OpLine unary() {
        List<OpCase> tests = new ArrayList<>();
        for (UnaryFunction function : UnaryFunction.values()) {
            for (long[] shape : SHAPES) {
                tests.add(OpCase.of(new Unary(function), normal(shape)));
            }
            tests.add(OpCase.of(new Unary(function), normal(30, 9, 5)));
            tests.add(OpCase.of(new Unary(function), normal(1e-6, 9, 5)));
        }
        tests.add(OpCase.of(new Unary(UnaryFunction.RELU), integers(DType.I8, 3, 5)));
        return line(tests);
    }

    private static OpLine binary() {
        List<OpCase> tests = new ArrayList<>();
        for (BinaryFunction function : BinaryFunction.values()) {
            for (long[][] pair : PAIRS) {
                tests.add(OpCase.of(new Binary(function), of(Kind.POSITIVE, pair[0]), normal(pair[1])));
            }
            for (DType dtype : DType.values()) {
                if (!dtype.isFloating() && dtype != DType.BOOL) {
                    tests.add(OpCase.of(new Binary(function), integers(dtype, 4, 5), integers(dtype, 3, 1, 5)));
                }
            }
        }
        tests.add(OpCase.of(new Binary(BinaryFunction.POW), normal(3, 4), integers(DType.I64, 4)));
        tests.add(OpCase.of(new Binary(BinaryFunction.POW), integers(DType.I32, 3, 4), normal(4)));
        return line(tests);
    }

    private static OpLine where() {
        List<OpCase> tests = new ArrayList<>();
        for (long[][] pair : PAIRS) {
            tests.add(OpCase.of(new Where(), booleans(pair[0]), normal(pair[1]), normal()));
            tests.add(OpCase.of(new Where(), booleans(pair[1]), normal(pair[0]), normal(pair[1])));
        }
        tests.add(OpCase.of(new Where(), booleans(3, 1, 1), normal(1, 4, 1), normal(1, 1, 5)));
        tests.add(OpCase.of(new Where(), booleans(), integers(DType.I64, 5), integers(DType.I64, 2, 5)));
        tests.add(OpCase.of(new Where(), booleans(2, 3), booleans(2, 3), booleans(3)));
        return line(tests);
    }

    private static OpLine cast() {
        List<OpCase> tests = new ArrayList<>();
        for (DType to : DType.values()) {
            for (long[] shape : SHAPES) {
                tests.add(OpCase.of(new Cast(to), normal(100, shape)));
            }
            for (DType from : DType.values()) {
                if (!from.isFloating() && from != DType.BOOL) {
                    tests.add(OpCase.of(new Cast(to), integers(from, 3, 5)));
                }
            }
            tests.add(OpCase.of(new Cast(to), booleans(3, 5)));
        }
        return line(tests);
    }

    private static OpLine reduce() {
        List<OpCase> tests = new ArrayList<>();
        for (ReduceFunction function : ReduceFunction.values()) {
            for (long[] shape : SHAPES) {
                tests.add(OpCase.of(new Reduce(function, List.of()), normal(shape)));
            }
            for (List<Integer> axes :
                    List.of(List.of(0), List.of(3), List.of(2, 3), List.of(3, 1), List.of(0, 1, 2, 3))) {
                tests.add(OpCase.of(new Reduce(function, axes), normal(2, 3, 4, 5)));
                tests.add(OpCase.of(new Reduce(function, axes), normal(1, 1, 1, 7)));
            }
            tests.add(OpCase.of(new Reduce(function, List.of(1)), normal(0, 3)));
            tests.add(OpCase.of(new Reduce(function, List.of(0)), integers(DType.I32, 0, 3)));
            tests.add(OpCase.of(new Reduce(function, List.of(1)), integers(DType.I64, 2, 5, 3)));
        }
        return line(tests);
    }

    private static OpLine permute() {
        return line(List.of(
                OpCase.of(new Permute(List.of()), normal()),
                OpCase.of(new Permute(List.of(0)), normal(7)),
                OpCase.of(new Permute(List.of(1, 0)), normal(0, 3)),
                OpCase.of(new Permute(List.of(1, 0)), normal(65, 3)),
                OpCase.of(new Permute(List.of(0, 2, 3, 1)), normal(2, 5, 3, 4)),
                OpCase.of(new Permute(List.of(0, 3, 1, 2)), normal(2, 3, 4, 5)),
                OpCase.of(new Permute(List.of(4, 2, 0, 3, 1)), integers(DType.I64, 2, 3, 1, 4, 5)),
                OpCase.of(new Permute(List.of(2, 1, 0)), booleans(2, 3, 4))));
    }

    private static OpLine expand() {
        return line(List.of(
                OpCase.of(new Expand(Shape.of()), normal()),
                OpCase.of(new Expand(Shape.of(2, 3)), normal()),
                OpCase.of(new Expand(Shape.of(2, 0, 3)), normal(3)),
                OpCase.of(new Expand(Shape.of(3, 4)), normal(3, 1)),
                OpCase.of(new Expand(Shape.of(2, 3, 4, 5)), normal(3, 1, 5)),
                OpCase.of(new Expand(Shape.of(4, 2)), integers(DType.U16, 2)),
                OpCase.of(new Expand(Shape.of(4, 2)), booleans(4, 1))));
    }

    private static OpLine slice() {
        return line(List.of(
                OpCase.of(new Slice(List.of(), List.of(), Shape.of()), normal()),
                OpCase.of(new Slice(List.of(2L), List.of(1L), Shape.of(4)), normal(7)),
                OpCase.of(new Slice(List.of(6L), List.of(-1L), Shape.of(7)), normal(7)),
                OpCase.of(new Slice(List.of(5L), List.of(-2L), Shape.of(3)), normal(7)),
                OpCase.of(new Slice(List.of(7L), List.of(1L), Shape.of(0)), normal(7)),
                OpCase.of(new Slice(List.of(4L), List.of(Long.MIN_VALUE), Shape.of(1)), normal(7)),
                OpCase.of(new Slice(List.of(0L, 0L), List.of(1L, 1L), Shape.of(0, 2)), normal(0, 3)),
                OpCase.of(
                        new Slice(List.of(1L, 2L, 0L, 4L), List.of(1L, -1L, 3L, -2L), Shape.of(1, 3, 2, 3)),
                        normal(2, 3, 4, 5)),
                OpCase.of(new Slice(List.of(1L, 0L), List.of(1L, 2L), Shape.of(2, 2)), integers(DType.I64, 3, 4)),
                OpCase.of(new Slice(List.of(1L, 0L), List.of(1L, 2L), Shape.of(2, 2)), booleans(3, 4))));
    }

    private static OpLine pad() {
        List<OpCase> tests = new ArrayList<>();
        for (PadMode mode : PadMode.values()) {
            tests.add(OpCase.of(new Pad(List.of(), List.of(), mode), normal()));
            tests.add(OpCase.of(new Pad(List.of(2L), List.of(1L), mode), normal(7)));
            tests.add(OpCase.of(new Pad(List.of(2L), List.of(0L), mode), normal(1)));
            tests.add(OpCase.of(new Pad(List.of(7L), List.of(8L), mode), normal(3)));
            tests.add(OpCase.of(new Pad(List.of(0L, 0L), List.of(2L, 0L), mode), booleans(3, 2)));
            tests.add(OpCase.of(new Pad(List.of(0L, 1L, 2L), List.of(2L, 0L, 1L), mode), normal(2, 3, 4), normal()));
            tests.add(OpCase.of(new Pad(List.of(0L, 0L), List.of(0L, 4L), mode), normal(0, 3)));
            tests.add(OpCase.of(
                    new Pad(List.of(1L, 0L), List.of(0L, 1L), mode),
                    integers(DType.I32, 2, 3),
                    integers(DType.I32, 1)));
        }
        tests.add(OpCase.of(new Pad(List.of(1L, 1L), List.of(2L, 0L), PadMode.CONSTANT), normal(0, 3), normal()));
        return line(tests);
    }

    private static OpLine concat() {
        return line(List.of(
                OpCase.of(new Concat(0), normal(3)),
                OpCase.of(new Concat(0), normal(3), normal(0), normal(1)),
                OpCase.of(new Concat(1), normal(2, 3), normal(2, 1), normal(2, 4)),
                OpCase.of(new Concat(1), normal(0, 3), normal(0, 2)),
                OpCase.of(new Concat(2), normal(2, 3, 4, 1), normal(2, 3, 2, 1)),
                OpCase.of(new Concat(0), integers(DType.I64, 2), integers(DType.I64, 1)),
                OpCase.of(new Concat(1), booleans(2, 3), booleans(2, 3))));
    }

    private static OpLine gather() {
        return line(List.of(
                OpCase.of(new Gather(0), normal(5), indices(DType.I64, 5)),
                OpCase.of(new Gather(0), normal(5, 3), indices(DType.I32, 5, 2, 4)),
                OpCase.of(new Gather(1), normal(2, 5, 3), indices(DType.I64, 5, 7)),
                OpCase.of(new Gather(2), normal(2, 3, 4), indices(DType.I64, 4, 1, 1)),
                OpCase.of(new Gather(1), normal(2, 5, 3), indices(DType.I64, 5, 0)),
                OpCase.of(new Gather(1), normal(0, 5), indices(DType.I64, 5, 3)),
                OpCase.of(new Gather(0), integers(DType.I64, 4), indices(DType.I64, 4, 2)),
                OpCase.of(new Gather(1), booleans(3, 4), indices(DType.I32, 4, 2))));
    }

    private static OpLine matMul() {
        return line(List.of(
                OpCase.of(new MatMul(), normal(1, 1), normal(1, 1)),
                OpCase.of(new MatMul(), normal(3, 7), normal(7, 5)),
                OpCase.of(new MatMul(), normal(5, 129), normal(129, 261)),
                OpCase.of(new MatMul(), normal(3, 0), normal(0, 2)),
                OpCase.of(new MatMul(), normal(0, 4), normal(4, 2)),
                OpCase.of(new MatMul(), normal(2, 3, 4), normal(4, 5)),
                OpCase.of(new MatMul(), normal(3, 4), normal(2, 4, 5)),
                OpCase.of(new MatMul(), normal(2, 1, 3, 4), normal(3, 4, 2)),
                OpCase.of(new MatMul(), normal(2, 1, 1, 5), normal(1, 3, 5, 1)),
                OpCase.of(new MatMul(), normal(0, 3, 4), normal(4, 2)),
                OpCase.of(new MatMul(), integers(DType.I32, 3, 6), integers(DType.I32, 6, 2)),
                OpCase.of(new MatMul(), integers(DType.U8, 2, 3, 6), integers(DType.U8, 6, 2))));
    }

    private static Convolution convolution(long stride, long dilation, long before, long after, long groups) {
        return new Convolution(
                List.of(stride, stride),
                List.of(dilation, dilation),
                List.of(before, before),
                List.of(after, after),
                groups);
    }

    private static OpLine convolution() {
        List<OpCase> tests = new ArrayList<>();
        // One pixel, a pixel at a time, with and without a bias; strided and padded ones look alike but are not.
        tests.add(OpCase.of(convolution(1, 1, 0, 0, 1), normal(1, 1, 1, 1), normal(1, 1, 1, 1)));
        tests.add(OpCase.of(convolution(1, 1, 0, 0, 1), normal(2, 5, 4, 7), normal(6, 5, 1, 1), normal(6)));
        tests.add(OpCase.of(convolution(1, 1, 0, 0, 2), normal(2, 6, 3, 5), normal(4, 3, 1, 1)));
        tests.add(OpCase.of(convolution(2, 1, 0, 1, 1), normal(1, 3, 2, 2), normal(2, 3, 1, 1), normal(2)));
        tests.add(OpCase.of(convolution(3, 1, 1, 1, 1), normal(1, 3, 1, 1), normal(2, 3, 1, 1), normal(2)));
        // Patches, also where they leave a rest.
        tests.add(OpCase.of(convolution(4, 1, 0, 0, 1), normal(2, 3, 9, 14), normal(5, 3, 4, 4), normal(5)));
        tests.add(OpCase.of(convolution(2, 1, 0, 0, 1), normal(2, 6, 5, 8), normal(9, 6, 2, 2), normal(9)));
        // A channel a group, and several, with more outputs than channels.
        tests.add(OpCase.of(convolution(1, 1, 3, 3, 5), normal(2, 5, 9, 11), normal(5, 1, 7, 7), normal(5)));
        tests.add(OpCase.of(convolution(1, 1, 3, 3, 3), normal(1, 3, 1, 1), normal(3, 1, 7, 7), normal(3)));
        tests.add(OpCase.of(convolution(1, 1, 1, 1, 2), normal(1, 2, 4, 5), normal(6, 1, 3, 3)));
        tests.add(OpCase.of(convolution(1, 1, 1, 1, 2), normal(2, 6, 5, 4), normal(8, 3, 3, 3), normal(8)));
        // Dilated, and padded on one side or more than the kernel reaches.
        tests.add(OpCase.of(convolution(1, 2, 2, 1, 1), normal(1, 3, 7, 9), normal(2, 3, 3, 3)));
        tests.add(OpCase.of(convolution(2, 3, 0, 4, 1), normal(1, 2, 7, 6), normal(3, 2, 2, 3), normal(3)));
        tests.add(OpCase.of(convolution(1, 1, 5, 4, 1), normal(1, 2, 3, 2), normal(3, 2, 2, 2), normal(3)));
        tests.add(OpCase.of(
                new Convolution(List.of(1L, 2L), List.of(2L, 1L), List.of(0L, 2L), List.of(3L, 1L), 1),
                normal(2, 3, 5, 8),
                normal(4, 3, 2, 5),
                normal(4)));
        // One spatial dimension, and three.
        tests.add(OpCase.of(
                new Convolution(List.of(2L), List.of(1L), List.of(1L), List.of(2L), 1),
                normal(2, 3, 9),
                normal(4, 3, 4),
                normal(4)));
        tests.add(OpCase.of(
                new Convolution(List.of(1L, 2L, 1L), List.of(1L, 1L, 2L), List.of(1L, 0L, 2L), List.of(0L, 1L, 2L), 2),
                normal(2, 4, 3, 4, 5),
                normal(6, 2, 2, 3, 3),
                normal(6)));
        // No image; nothing but padding.
        tests.add(OpCase.of(convolution(1, 1, 1, 1, 1), normal(0, 3, 4, 5), normal(2, 3, 3, 3), normal(2)));
        tests.add(OpCase.of(convolution(1, 1, 2, 1, 1), normal(1, 2, 0, 3), normal(2, 2, 2, 2), normal(2)));
        tests.add(OpCase.of(
                convolution(1, 1, 1, 1, 1),
                integers(DType.I32, 1, 2, 4, 5),
                integers(DType.I32, 3, 2, 3, 3),
                integers(DType.I32, 3)));
        return line(tests);
    }

    private static OpLine softmax() {
        return line(List.of(
                OpCase.of(new Softmax(0), normal(1)),
                OpCase.of(new Softmax(0), normal(7)),
                OpCase.of(new Softmax(1), normal(30, 4, 21)),
                OpCase.of(new Softmax(0), normal(4, 5)),
                OpCase.of(new Softmax(1), normal(1e3, 2, 3, 4)),
                OpCase.of(new Softmax(1), normal(0, 3)),
                OpCase.of(new Softmax(0), normal(0, 3))));
    }
}
