/**
 * Finds the ConvNeXt in a graph of primitive operators, as it comes from an ONNX file, by structure alone: first the
 * graph is laid out channels-last ({@link org.cryonext.models.recognize.ChannelsLast}), then its parts are matched
 * backwards from the outputs, algebra being compared in a normal form ({@link
 * org.cryonext.models.recognize.Polynomial}). Start with {@link org.cryonext.models.recognize.OnnxImport}.
 */
package org.cryonext.models.recognize;
