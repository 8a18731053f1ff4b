package org.cryonext.engine.op;

import java.util.List;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/**
 * The types given to an operator, by name, with the checks its shape rule needs.
 *
 * @param op the operator, for messages
 * @param types in the order of {@link Op#slots}; null where an optional input is left out
 */
public record Inputs(Op op, List<TensorType> types) {
    /** Whether an optional input was given. */
    public boolean has(String name) {
        int index = op.slots().index(name);
        return index < types.size() && types.get(index) != null;
    }

    /** Type of an input. */
    public TensorType type(String name) {
        return types.get(op.slots().index(name));
    }

    /** Shape of an input. */
    public Shape shape(String name) {
        return type(name).shape();
    }

    /** Requires an input, if given, to have exactly this shape. */
    public void require(String name, long... dims) {
        if (has(name) && !shape(name).equals(Shape.of(dims))) {
            throw new IllegalArgumentException(
                    op + ": " + name + " is " + shape(name) + ", expected " + Shape.of(dims));
        }
    }

    /** Requires an input, if given, to have this shape. */
    public void require(String name, Shape shape) {
        require(name, shape.toArray());
    }

    /** Requires an input's element type. */
    public void require(String name, DType dtype) {
        if (has(name) && type(name).dtype() != dtype) {
            throw new IllegalArgumentException(
                    op + ": " + name + " is " + type(name).dtype() + ", expected " + dtype);
        }
    }

    /** Requires an input to have this many dimensions and returns its shape. */
    public Shape rank(String name, int rank) {
        if (shape(name).rank() != rank) {
            throw new IllegalArgumentException(
                    op + ": " + name + " is " + shape(name) + ", expected " + rank + " dimensions");
        }
        return shape(name);
    }

    /** Requires an input, if given, to be of numbers. */
    public void requireNumeric(String name) {
        if (has(name) && type(name).dtype() == DType.BOOL) {
            throw error(name + " is BOOL, expected numbers");
        }
    }

    /** Requires an input, if given, to be of real numbers. */
    public void requireFloating(String name) {
        if (has(name) && !type(name).dtype().isFloating()) {
            throw error(name + " is " + type(name).dtype() + ", expected a floating type");
        }
    }

    /** Requires an input to have this axis, counted from 0. */
    public void requireAxis(String name, int axis) {
        if (axis < 0 || axis >= shape(name).rank()) {
            throw error(name + " is " + shape(name) + ", which has no axis " + axis);
        }
    }

    /** Requires a list to have an entry for each dimension of an input. */
    public void requireEach(String name, List<Long> list, String what) {
        if (list.size() != shape(name).rank()) {
            throw error(list.size() + " " + what + " for " + name + ", which is " + shape(name));
        }
    }

    /** The shape two shapes broadcast to. */
    public Shape broadcast(Shape a, Shape b) {
        try {
            return a.broadcast(b);
        } catch (IllegalArgumentException e) {
            throw error(e.getMessage());
        }
    }

    /** A sum of extents. */
    public long sum(String what, long... extents) {
        try {
            long sum = 0;
            for (long extent : extents) {
                sum = Math.addExact(sum, extent);
            }
            return sum;
        } catch (ArithmeticException e) {
            throw error(what + " of the result would be longer than a long can count");
        }
    }

    /** A result of an input's element type with these extents. */
    public TensorType result(String name, List<Long> dims) {
        try {
            return type(name).withShape(new Shape(dims));
        } catch (IllegalArgumentException e) {
            throw error(e.getMessage());
        }
    }

    /** What to throw where the inputs do not fit together. */
    public IllegalArgumentException error(String what) {
        return new IllegalArgumentException(op + ": " + what);
    }

    /** Bytes of all inputs. */
    public long bytes() {
        return types.stream()
                .filter(t -> t != null)
                .mapToLong(TensorType::bytes)
                .sum();
    }
}
