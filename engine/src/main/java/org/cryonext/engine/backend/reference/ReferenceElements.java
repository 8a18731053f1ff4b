package org.cryonext.engine.backend.reference;

import java.util.Arrays;
import org.cryonext.engine.op.BinaryFunction;
import org.cryonext.engine.op.UnaryFunction;

/** Primitives that work element by element. */
final class ReferenceElements {
    private ReferenceElements() {}

    private static double unary(UnaryFunction function, double x) {
        return switch (function) {
            case ERF -> NormalDistribution.erf(x);
            case SQRT -> Math.sqrt(x);
            case SIGMOID -> 1 / (1 + Math.exp(-x));
            case TANH -> Math.tanh(x);
            case RELU -> Math.max(x, 0);
        };
    }

    static void unary(UnaryFunction function, ReferenceBlock x, ReferenceBlock y) {
        for (int i = 0; i < x.size(); i++) {
            y.set(i, unary(function, x.get(i)));
        }
    }

    private static double binary(BinaryFunction function, boolean integers, double a, double b) {
        return switch (function) {
            case ADD -> a + b;
            case SUB -> a - b;
            case MUL -> a * b;
            case DIV -> integers && b == 0 ? 0 : a / b;
            case POW -> Math.pow(a, b);
            case MIN -> Math.min(a, b);
            case MAX -> Math.max(a, b);
        };
    }

    static void binary(BinaryFunction function, ReferenceBlock a, ReferenceBlock b, ReferenceBlock y) {
        boolean integers = !a.type().dtype().isFloating();
        Rows rows = new Rows(y, a, b);
        for (int row = 0; row < rows.count(); row++) {
            int to = row * rows.length();
            int aAt = rows.at(0);
            int bAt = rows.at(1);
            for (int i = 0; i < rows.length(); i++) {
                double value = binary(function, integers, a.get(aAt + i * rows.step(0)), b.get(bAt + i * rows.step(1)));
                y.set(to + i, value);
            }
            rows.next();
        }
    }

    static void where(ReferenceBlock condition, ReferenceBlock x, ReferenceBlock y, ReferenceBlock result) {
        Rows rows = new Rows(result, condition, x, y);
        for (int row = 0; row < rows.count(); row++) {
            int to = row * rows.length();
            for (int i = 0; i < rows.length(); i++) {
                boolean chosen = condition.get(rows.at(0) + i * rows.step(0)) != 0;
                int tensor = chosen ? 1 : 2;
                result.set(to + i, (chosen ? x : y).get(rows.at(tensor) + i * rows.step(tensor)));
            }
            rows.next();
        }
    }

    static void cast(ReferenceBlock x, ReferenceBlock y) {
        for (int i = 0; i < x.size(); i++) {
            y.set(i, x.get(i));
        }
    }

    /** The rows of a result along its last dimension, and where in the operands stretched to it they begin. */
    private static final class Rows {
        private final int count;
        private final int length;
        private final int[] step;
        private final Odometer odometer;

        Rows(ReferenceBlock result, ReferenceBlock... operands) {
            int[] dims = result.type().shape().toInts();
            int last = dims.length - 1;
            length = dims.length == 0 ? 1 : dims[last];
            count = length == 0 ? 0 : result.size() / length;
            step = new int[operands.length];
            int[][] steps = new int[operands.length][];
            for (int i = 0; i < operands.length; i++) {
                steps[i] = Odometer.stretched(
                        operands[i].type().shape(), result.type().shape());
                step[i] = dims.length == 0 ? 0 : steps[i][last];
            }
            odometer = new Odometer(Arrays.copyOf(dims, Math.max(0, last)), steps);
        }

        int count() {
            return count;
        }

        int length() {
            return length;
        }

        int at(int operand) {
            return odometer.at(operand);
        }

        int step(int operand) {
            return step[operand];
        }

        void next() {
            odometer.next();
        }
    }
}
