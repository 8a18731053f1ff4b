package org.cryonext.engine.graph;

import org.cryonext.engine.op.Operand;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/**
 * One output of a node.
 *
 * @param node where it is computed
 * @param index which of the node's outputs
 */
public record Value(Node node, int index) implements Operand {
    @Override
    public TensorType type() {
        return node.outputs().get(index);
    }

    /** Extents. */
    public Shape shape() {
        return type().shape();
    }

    @Override
    public String toString() {
        return node + (node.outputs().size() > 1 ? "#" + index : "");
    }
}
