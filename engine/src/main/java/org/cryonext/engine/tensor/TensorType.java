package org.cryonext.engine.tensor;

/**
 * What is known of a tensor before it has values.
 *
 * @param dtype element type
 * @param shape extents
 */
public record TensorType(DType dtype, Shape shape) {
    /** A float32 tensor with these extents. */
    public static TensorType f32(long... dims) {
        return new TensorType(DType.F32, Shape.of(dims));
    }

    /** This type with another shape. */
    public TensorType withShape(Shape other) {
        return new TensorType(dtype, other);
    }

    /** Bytes of all elements. */
    public long bytes() {
        return Math.multiplyExact(shape.size(), dtype.bytes());
    }

    /** For instance {@code F32 [2, 7, 7, 768]}. */
    @Override
    public String toString() {
        return dtype + " " + shape;
    }
}
