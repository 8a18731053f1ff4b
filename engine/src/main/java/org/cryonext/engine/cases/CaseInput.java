package org.cryonext.engine.cases;

import java.util.SplittableRandom;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;

/**
 * One input of a case.
 *
 * @param type element type and shape
 * @param kind what it is filled with
 * @param scale size of the values, where that has a meaning
 */
public record CaseInput(TensorType type, Kind kind, double scale) {
    /** Kinds of values. */
    public enum Kind {
        /** Normally distributed with deviation {@code scale}. */
        NORMAL,
        /** Normally distributed around an offset that is the same for a whole row and large against the deviation. */
        OFFSET_ROWS,
        /** One value a row, so that the variance is 0. */
        CONSTANT_ROWS,
        /** Between 0.5 and 1.5. */
        POSITIVE,
        /** Class indices below {@code scale}. */
        LABELS,
        /** Indices of a dimension of {@code scale} entries; half of them are negative and count from its end. */
        INDICES,
        /** Whole numbers up to {@code scale}, negative ones too where the type has them; none is 0. */
        INTEGERS,
        /** True or false. */
        BOOLEANS,
        /** Factors of stochastic depth: every other sample is dropped, the others doubled. */
        KEEP,
        /** Normally distributed but for the last one, which is infinite. */
        NOT_FINITE,
        /** AdamW's step constants as at its third step. */
        HYPER,
        /** Arbitrary bits. */
        SEED
    }

    /** Normally distributed values of deviation 1. */
    public static CaseInput normal(long... dims) {
        return normal(1.0, dims);
    }

    /** Normally distributed values. */
    public static CaseInput normal(double scale, long... dims) {
        return new CaseInput(TensorType.f32(dims), Kind.NORMAL, scale);
    }

    /** Values of one kind. */
    public static CaseInput of(Kind kind, long... dims) {
        return new CaseInput(TensorType.f32(dims), kind, 1);
    }

    /** Labels below a number of classes. */
    public static CaseInput labels(int classes, long n) {
        return new CaseInput(new TensorType(DType.I32, Shape.of(n)), Kind.LABELS, classes);
    }

    /** Indices of a dimension of some entries. */
    public static CaseInput indices(DType dtype, int entries, long... dims) {
        return new CaseInput(new TensorType(dtype, Shape.of(dims)), Kind.INDICES, entries);
    }

    /** Small whole numbers. */
    public static CaseInput integers(DType dtype, long... dims) {
        return new CaseInput(new TensorType(dtype, Shape.of(dims)), Kind.INTEGERS, 9);
    }

    /** Truth values. */
    public static CaseInput booleans(long... dims) {
        return new CaseInput(new TensorType(DType.BOOL, Shape.of(dims)), Kind.BOOLEANS, 1);
    }

    /** A seed. */
    public static CaseInput seed() {
        return new CaseInput(new TensorType(DType.I32, Shape.of(2)), Kind.SEED, 1);
    }

    /** The values, the same for the same seed. */
    public Tensor tensor(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Tensor tensor = Tensor.zeros(type);
        long channels = type.shape().rank() == 0 ? 1 : Math.max(1, type.shape().channels());
        double row = 0;
        for (long i = 0; i < tensor.size(); i++) {
            if (i % channels == 0) {
                row = random.nextGaussian();
            }
            double value = switch (kind) {
                case NORMAL -> scale * random.nextGaussian();
                case OFFSET_ROWS -> scale * (100 * row + random.nextGaussian());
                case CONSTANT_ROWS -> scale * row;
                case POSITIVE -> 0.5 + random.nextDouble();
                case LABELS -> random.nextInt((int) scale);
                case INDICES -> random.nextInt((int) -scale, (int) scale);
                case INTEGERS -> (isSigned() && random.nextBoolean() ? -1 : 1) * random.nextInt(1, (int) scale + 1);
                case BOOLEANS -> random.nextInt(2);
                case NOT_FINITE -> i == tensor.size() - 1 ? Double.POSITIVE_INFINITY : random.nextGaussian();
                case KEEP -> i % 2 == 0 ? 2 : 0;
                case HYPER -> new double[] {1 - 1e-3 * 0.05, 1e-3 / (1 - 0.729), Math.sqrt(1 - 0.997002999)}[(int) i];
                case SEED -> random.nextInt();
            };
            tensor.set(i, value);
        }
        return tensor;
    }

    private boolean isSigned() {
        return type.dtype().round(-1) < 0;
    }
}
