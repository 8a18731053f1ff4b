package org.cryonext.models.export;

import java.util.function.Supplier;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;

/**
 * A constant of an ONNX graph. Its values are asked for when they are written, so that only one constant at a time
 * exists in the file's layout.
 *
 * @param name unique in the graph
 * @param type of the values
 * @param values gives them, of exactly this type
 */
record Initializer(String name, TensorType type, Supplier<Tensor> values) {}
