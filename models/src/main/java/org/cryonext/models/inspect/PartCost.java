package org.cryonext.models.inspect;

import org.cryonext.engine.op.Cost;
import org.cryonext.engine.tensor.Shape;

/**
 * A part of a ConvNeXt and what it takes for one image.
 *
 * @param name for instance {@code stage 2}; a stage begins with its downsampling
 * @param blocks number of blocks; 0 where there are none
 * @param output what it gives for one image: [H, W, C], or [C]
 * @param parameters number of values in its parameters
 * @param cost floating-point operations, and bytes of F32 read and written
 */
public record PartCost(String name, int blocks, Shape output, long parameters, Cost cost) {}
