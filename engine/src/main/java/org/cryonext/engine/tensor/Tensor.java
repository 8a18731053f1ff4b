package org.cryonext.engine.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A dense row-major tensor in host memory: on the heap, or a part of a mapped file. It has no strides; the only view is
 * a run of leading indices ({@link #slice}). Elements are little-endian, as in safetensors.
 *
 * @param type element type and shape
 * @param data exactly {@code type.bytes()} bytes
 */
public record Tensor(TensorType type, MemorySegment data) {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Edge of the squares in which a matrix is transposed. */
    private static final int TILE = 32;

    /** @throws IllegalArgumentException if the data's size is not the type's */
    public Tensor {
        if (data.byteSize() != type.bytes()) {
            throw new IllegalArgumentException(type + " needs " + type.bytes() + " bytes, not " + data.byteSize());
        }
    }

    /** A tensor of zeros on the heap; its size is limited by the largest Java array. */
    public static Tensor zeros(TensorType type) {
        int elements = Math.toIntExact(type.shape().size());
        MemorySegment data = switch (type.dtype()) {
            case F32 -> MemorySegment.ofArray(new float[elements]);
            case F64 -> MemorySegment.ofArray(new double[elements]);
            case I32, U32 -> MemorySegment.ofArray(new int[elements]);
            case I64, U64 -> MemorySegment.ofArray(new long[elements]);
            case F16, BF16, I16, U16 -> MemorySegment.ofArray(new short[elements]);
            case U8, I8, BOOL -> MemorySegment.ofArray(new byte[elements]);
        };
        return new Tensor(type, data);
    }

    /** Wraps an array, which is not copied. */
    public static Tensor of(float[] values, long... dims) {
        return new Tensor(TensorType.f32(dims), MemorySegment.ofArray(values));
    }

    /** Wraps an array, which is not copied. */
    public static Tensor of(double[] values, long... dims) {
        return new Tensor(new TensorType(DType.F64, Shape.of(dims)), MemorySegment.ofArray(values));
    }

    /** Wraps an array, which is not copied. */
    public static Tensor of(int[] values, long... dims) {
        return new Tensor(new TensorType(DType.I32, Shape.of(dims)), MemorySegment.ofArray(values));
    }

    /** Wraps an array, which is not copied. */
    public static Tensor of(long[] values, long... dims) {
        return new Tensor(new TensorType(DType.I64, Shape.of(dims)), MemorySegment.ofArray(values));
    }

    /** Wraps an array of unsigned bytes, which is not copied. */
    public static Tensor of(byte[] values, long... dims) {
        return new Tensor(new TensorType(DType.U8, Shape.of(dims)), MemorySegment.ofArray(values));
    }

    /** Extents. */
    public Shape shape() {
        return type.shape();
    }

    /** Element type. */
    public DType dtype() {
        return type.dtype();
    }

    /** Number of elements. */
    public long size() {
        return shape().size();
    }

    /** Element {@code i} in row-major order, widened to a double. */
    public double get(long i) {
        return switch (dtype()) {
            case F32 -> data.get(FLOAT, i * 4);
            case F64 -> data.get(DOUBLE, i * 8);
            case F16 -> Float.float16ToFloat(data.get(SHORT, i * 2));
            case BF16 -> Bfloat16.toFloat(data.get(SHORT, i * 2));
            case U8 -> data.get(ValueLayout.JAVA_BYTE, i) & 0xff;
            case I8, BOOL -> data.get(ValueLayout.JAVA_BYTE, i);
            case U16 -> data.get(SHORT, i * 2) & 0xffff;
            case I16 -> data.get(SHORT, i * 2);
            case U32 -> data.get(INT, i * 4) & 0xffffffffL;
            case I32 -> data.get(INT, i * 4);
            case U64 -> DType.fromUnsigned(data.get(LONG, i * 8));
            case I64 -> data.get(LONG, i * 8);
        };
    }

    /** Sets element {@code i} in row-major order, rounded as {@link DType#round} does. */
    public void set(long i, double value) {
        switch (dtype()) {
            case F32 -> data.set(FLOAT, i * 4, (float) value);
            case F64 -> data.set(DOUBLE, i * 8, value);
            case F16 -> data.set(SHORT, i * 2, DType.half(value));
            case BF16 -> data.set(SHORT, i * 2, DType.bfloat16(value));
            case U64 -> data.set(LONG, i * 8, DType.toUnsigned(value));
            case U8, I8, U16, I16, U32, I32, I64 -> setLong(i, (long) value);
            case BOOL -> data.set(ValueLayout.JAVA_BYTE, i, (byte) (value != 0 ? 1 : 0));
        }
    }

    /**
     * Element {@code i} in row-major order as an integer: exact for integers, of which U64 comes as the same bits, so
     * that values from 2^63 on are negative; truncated towards zero for floating types.
     */
    public long getLong(long i) {
        return switch (dtype()) {
            case I64, U64 -> data.get(LONG, i * 8);
            case F32, F64, F16, BF16, U8, I8, U16, I16, U32, I32, BOOL -> (long) get(i);
        };
    }

    /** Sets element {@code i} in row-major order to an integer; integer types keep its low bits. */
    public void setLong(long i, long value) {
        switch (dtype()) {
            case U8, I8 -> data.set(ValueLayout.JAVA_BYTE, i, (byte) value);
            case U16, I16 -> data.set(SHORT, i * 2, (short) value);
            case U32, I32 -> data.set(INT, i * 4, (int) value);
            case U64, I64 -> data.set(LONG, i * 8, value);
            case F32, F64, F16, BF16, BOOL -> set(i, value);
        }
    }

    /** Copies {@code count} elements from index {@code from} on, as floats. */
    public void copyTo(long from, float[] target, int offset, int count) {
        if (dtype() == DType.F32) {
            MemorySegment.copy(data, FLOAT, from * 4, target, offset, count);
        } else if (dtype() == DType.F16) {
            for (int i = 0; i < count; i++) {
                target[offset + i] = Float.float16ToFloat(data.get(SHORT, (from + i) * 2));
            }
        } else {
            for (int i = 0; i < count; i++) {
                target[offset + i] = (float) get(from + i);
            }
        }
    }

    /** Copies {@code count} floats into this tensor from index {@code to} on. */
    public void copyFrom(long to, float[] source, int offset, int count) {
        if (dtype() == DType.F32) {
            MemorySegment.copy(source, offset, data, FLOAT, to * 4, count);
        } else {
            for (int i = 0; i < count; i++) {
                set(to + i, source[offset + i]);
            }
        }
    }

    /** All elements as floats, in an array of their own. */
    public float[] toFloats() {
        float[] values = new float[Math.toIntExact(size())];
        copyTo(0, values, 0, values.length);
        return values;
    }

    /** All elements as doubles, in an array of their own. */
    public double[] toDoubles() {
        double[] values = new double[Math.toIntExact(size())];
        Arrays.setAll(values, i -> get(i));
        return values;
    }

    /** This tensor's values in another element type. */
    public Tensor to(DType dtype) {
        if (dtype == dtype()) {
            return this;
        }
        if (dtype == DType.F32) {
            return of(toFloats(), shape().toArray());
        }
        Tensor result = zeros(new TensorType(dtype, shape()));
        for (long i = 0; i < size(); i++) {
            result.copy(i, this, i);
        }
        return result;
    }

    /** Integers do not go through a double, which has fewer bits than I64. */
    private void copy(long to, Tensor source, long from) {
        if (dtype().isFloating() || source.dtype().isFloating()) {
            set(to, source.get(from));
        } else {
            setLong(to, source.getLong(from));
        }
    }

    /** The same elements under another shape of the same size. */
    public Tensor reshape(long... dims) {
        return new Tensor(type.withShape(Shape.of(dims)), data);
    }

    /** Entries {@code from} (inclusive) to {@code to} of the first dimension, without a copy. */
    public Tensor slice(long from, long to) {
        long[] dims = shape().toArray();
        long entry = dims[0] == 0 ? 0 : type.bytes() / dims[0];
        dims[0] = to - from;
        return new Tensor(type.withShape(Shape.of(dims)), data.asSlice(from * entry, (to - from) * entry));
    }

    /**
     * The tensor with its dimensions in another order, as a copy.
     *
     * @param order position i of the result is dimension {@code order[i]} of this
     */
    public Tensor transpose(int... order) {
        int rank = shape().rank();
        if (order.length != rank) {
            throw new IllegalArgumentException("order " + Arrays.toString(order) + " for shape " + shape());
        }
        if (rank == 2 && order[0] == 1 && order[1] == 0 && dtype() == DType.F32) {
            return transposedMatrix();
        }
        long[] stride = new long[rank];
        long run = 1;
        for (int i = rank - 1; i >= 0; i--) {
            stride[i] = run;
            run *= shape().dim(i);
        }
        long[] dims = new long[rank];
        long[] step = new long[rank];
        for (int i = 0; i < rank; i++) {
            dims[i] = shape().dim(order[i]);
            step[i] = stride[order[i]];
        }
        // Weights come through here before anything is compiled, so theirs are plain arrays.
        if (dtype() == DType.F32) {
            float[] from = toFloats();
            float[] to = new float[from.length];
            walk(dims, step, (target, source) -> to[(int) target] = from[(int) source]);
            return of(to, dims);
        }
        Tensor result = zeros(type.withShape(Shape.of(dims)));
        walk(dims, step, (target, source) -> result.copy(target, this, source));
        return result;
    }

    @FunctionalInterface
    private interface Copy {
        void element(long target, long source);
    }

    /** Visits the elements of a shape in order, and where each lies when a step along a dimension is so long. */
    private static void walk(long[] dims, long[] step, Copy copy) {
        long size = Shape.of(dims).size();
        long[] index = new long[dims.length];
        long source = 0;
        for (long target = 0; target < size; target++) {
            copy.element(target, source);
            for (int i = dims.length - 1; i >= 0; i--) {
                source += step[i];
                if (++index[i] < dims[i]) {
                    break;
                }
                source -= step[i] * dims[i];
                index[i] = 0;
            }
        }
    }

    /** By tiles, whose rows and columns stay in the cache together: most of a network's weights come through here. */
    private Tensor transposedMatrix() {
        int rows = Math.toIntExact(shape().dim(0));
        int columns = Math.toIntExact(shape().dim(1));
        float[] from = toFloats();
        float[] to = new float[from.length];
        for (int top = 0; top < rows; top += TILE) {
            for (int left = 0; left < columns; left += TILE) {
                for (int row = top; row < Math.min(top + TILE, rows); row++) {
                    for (int column = left; column < Math.min(left + TILE, columns); column++) {
                        to[column * rows + row] = from[row * columns + column];
                    }
                }
            }
        }
        return of(to, columns, rows);
    }
}
