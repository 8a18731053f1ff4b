package org.cryonext.cryoet.star;

/**
 * A single value of a STAR block.
 *
 * @param name without the leading underscore, for instance {@code rlnTomoSubTomosAre2DStacks}
 * @param value as in the file, without quotes
 */
public record StarPair(String name, String value) implements StarSection {}
