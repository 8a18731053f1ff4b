package org.cryonext.models.inspect;

import org.cryonext.engine.io.OneLine;

/**
 * One thing to know about a model.
 *
 * @param name what it is about, a word or two
 * @param value what there is to say, one line whatever a file holds
 */
public record Fact(String name, String value) {
    public Fact {
        value = OneLine.of(value);
    }
}
