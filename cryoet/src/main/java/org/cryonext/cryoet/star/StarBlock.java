package org.cryonext.cryoet.star;

import java.util.List;

/**
 * A data block of a STAR file.
 *
 * @param name what follows {@code data_}, for instance {@code particles}; may be empty
 * @param sections its values and tables in order
 */
public record StarBlock(String name, List<StarSection> sections) {
    public StarBlock {
        sections = List.copyOf(sections);
    }
}
