package org.cryonext.engine.cases;

import java.util.List;

/**
 * One operator's line in the list.
 *
 * @param tests cases of awkward shapes and values, small enough for the reference backend
 * @param timings cases at ConvNeXt-tiny's shapes for 224 x 224 images
 */
public record OpLine(List<OpCase> tests, List<OpCase> timings) {}
