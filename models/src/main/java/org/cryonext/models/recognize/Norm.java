package org.cryonext.models.recognize;

import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;

/**
 * A LayerNorm over the channels, or a global response normalisation, that was found.
 *
 * @param x what is normalised
 * @param weight factor for each channel
 * @param bias summand for each channel
 * @param epsilon as it stands in the file
 * @param place the node that adds it, for messages
 */
record Norm(Value x, Coefficient weight, Coefficient bias, double epsilon, Node place) {}
