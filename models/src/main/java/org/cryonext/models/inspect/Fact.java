package org.cryonext.models.inspect;

/**
 * One thing to know about a model.
 *
 * @param name what it is about, a word or two
 * @param value what there is to say
 */
public record Fact(String name, String value) {}
