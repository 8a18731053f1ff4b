package org.cryonext.cryoet.report;

/**
 * What a network does inside, as far as pictures show it.
 *
 * @param result name of the result that it explains
 * @param features where its features lie
 */
public record Inside(String result, FeatureMap features) {}
