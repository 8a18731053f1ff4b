package org.cryonext.models.recognize;

import java.util.Optional;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.Activation;

/**
 * A block that was found.
 *
 * @param x its input
 * @param depthwise the 7 x 7 convolution
 * @param norm the LayerNorm behind it
 * @param expand the first linear layer
 * @param activation the form of GELU behind it
 * @param grn V2's normalisation behind that
 * @param contract the second linear layer
 * @param layerScale V1's factor for each channel, if there is one
 */
record Block(
        Value x,
        Affine depthwise,
        Norm norm,
        Affine expand,
        Activation activation,
        Optional<Norm> grn,
        Affine contract,
        Optional<Coefficient> layerScale) {}
