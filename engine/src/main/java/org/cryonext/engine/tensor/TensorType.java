package org.cryonext.engine.tensor;

/**
 * What is known of a tensor before it has values.
 *
 * @param dtype element type
 * @param shape extents
 */
public record TensorType(DType dtype, Shape shape) {

    /** @throws IllegalArgumentException if the number of bytes does not fit a long */
    public TensorType {
        if (shape.size() > Long.MAX_VALUE / dtype.bytes()) {
            throw new IllegalArgumentException(dtype + " " + shape + " has more bytes than a long can count");
        }
    }

    /** A float32 tensor with these extents. */
    public static TensorType f32(long... dims) {
        return new TensorType(DType.F32, Shape.of(dims));
    }

    /** This type with another shape. */
    public TensorType withShape(Shape other) {
        return new TensorType(dtype, other);
    }

    /** Sums of this type's elements, in another shape; see {@link DType#wide}. */
    public TensorType sums(Shape other) {
        return new TensorType(dtype.wide(), other);
    }

    /** Bytes of all elements. */
    public long bytes() {
        return shape.size() * dtype.bytes();
    }

    /** For instance {@code F32 [2, 7, 7, 768]}. */
    @Override
    public String toString() {
        return dtype + " " + shape;
    }
}
