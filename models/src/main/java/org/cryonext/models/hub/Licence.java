package org.cryonext.models.hub;

/**
 * Under which terms weights are published.
 *
 * @param name the stricter one, where the sources differ
 * @param text who says what
 */
public record Licence(String name, String text) {}
