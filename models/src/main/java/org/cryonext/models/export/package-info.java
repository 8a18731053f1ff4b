/**
 * ConvNeXt as an ONNX file of standard operators. {@link org.cryonext.models.export.OnnxGraph} collects a graph,
 * {@link org.cryonext.models.export.OnnxConvNext} adds a network to it, and {@link org.cryonext.models.export.OnnxWriter}
 * writes the file without a second copy of the weights.
 */
package org.cryonext.models.export;
