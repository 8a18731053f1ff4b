package org.cryonext.engine.op;

import org.cryonext.engine.tensor.TensorType;

/** A value in a graph, as an operator's gradient rule sees it. */
public interface Operand {
    /** Element type and shape. */
    TensorType type();
}
