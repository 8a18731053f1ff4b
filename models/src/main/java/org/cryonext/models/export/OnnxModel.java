package org.cryonext.models.export;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import java.util.List;

/**
 * Everything that goes into an ONNX file.
 *
 * @param header the model without its graph: versions, producer, metadata
 * @param graph inputs, outputs and nodes, without initializers
 * @param initializers the constants, in the order in which they were first used
 */
record OnnxModel(ModelProto header, GraphProto graph, List<Initializer> initializers) {}
