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

    /** Bytes of all inputs. */
    public long bytes() {
        return types.stream()
                .filter(t -> t != null)
                .mapToLong(TensorType::bytes)
                .sum();
    }
}
