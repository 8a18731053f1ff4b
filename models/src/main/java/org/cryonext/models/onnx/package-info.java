/**
 * ONNX files: read without trusting them, and turned into engine graphs. Begin with
 * {@link org.cryonext.models.onnx.OnnxFile}, then {@link org.cryonext.models.onnx.OnnxProgram}.
 */
package org.cryonext.models.onnx;
