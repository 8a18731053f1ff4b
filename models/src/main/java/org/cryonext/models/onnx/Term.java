package org.cryonext.models.onnx;

import org.cryonext.engine.graph.Value;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;

/** What a name of an ONNX graph stands for while the graph is lowered. */
sealed interface Term {
    /** Element type and shape. */
    TensorType type();

    /** Extents. */
    default Shape shape() {
        return type().shape();
    }

    /** Element type. */
    default DType dtype() {
        return type().dtype();
    }

    /**
     * Values that are known before the run: they depend on no input.
     *
     * @param name what the engine's variable is called if a node reads them
     * @param tensor the values
     */
    record Constant(String name, Tensor tensor) implements Term {
        @Override
        public TensorType type() {
            return tensor.type();
        }
    }

    /**
     * Values that each run computes.
     *
     * @param value where
     */
    record Computed(Value value) implements Term {
        @Override
        public TensorType type() {
            return value.type();
        }
    }
}
