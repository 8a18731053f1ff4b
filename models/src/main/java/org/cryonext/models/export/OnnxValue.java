package org.cryonext.models.export;

import org.cryonext.engine.tensor.DType;

/**
 * A value of an ONNX graph.
 *
 * @param name unique in the graph
 * @param type of its elements
 */
public record OnnxValue(String name, DType type) {}
