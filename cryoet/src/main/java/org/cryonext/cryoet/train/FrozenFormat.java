package org.cryonext.cryoet.train;

import java.lang.foreign.MemorySegment;
import java.util.Locale;
import org.cryonext.cryoet.run.Hyperparameters;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;

/** How frozen results are kept. */
enum FrozenFormat {
    /** As they were computed. */
    F32(DType.F32),
    /** Rounded to half precision: half the room. */
    F16(DType.F16);

    private static final float LARGEST_HALF = 65504;

    private final DType dtype;

    FrozenFormat(DType dtype) {
        this.dtype = dtype;
    }

    /** That of a run. */
    static FrozenFormat of(Hyperparameters numbers) {
        return numbers.frozenF16() ? F16 : F32;
    }

    /** So many values. */
    TensorType type(long values) {
        return new TensorType(dtype, Shape.of(values));
    }

    /** What files of it end with: {@code .f32}. */
    String suffix() {
        return "." + dtype.name().toLowerCase(Locale.ROOT);
    }

    /**
     * Values as they are kept; of F32 the array itself.
     *
     * @throws InputException if one is beyond what half precision holds
     */
    Tensor pack(float[] values) {
        return switch (this) {
            case F32 -> Tensor.of(values, values.length);
            case F16 -> halves(values);
        };
    }

    private static Tensor halves(float[] values) {
        short[] halves = new short[values.length];
        boolean fit = true;
        for (int i = 0; i < values.length; i++) {
            halves[i] = Float.floatToFloat16(values[i]);
            fit &= Float.isFinite(Float.float16ToFloat(halves[i])) || !Float.isFinite(values[i]);
        }
        if (!fit) {
            throw new InputException("What is frozen gives numbers as large as " + largest(values)
                    + ", and half precision ends at " + (int) LARGEST_HALF
                    + "; begin the run again and leave --frozen-f16 out");
        }
        return new Tensor(F16.type(halves.length), MemorySegment.ofArray(halves));
    }

    private static float largest(float[] values) {
        float largest = 0;
        for (float value : values) {
            if (Float.isFinite(value)) {
                largest = Math.max(largest, Math.abs(value));
            }
        }
        return largest;
    }
}
