package org.cryonext.tools.command;

import java.util.ArrayList;
import java.util.List;

/** The volumes of SHREC's layout; a tomogram of one's own has but one, and nothing to choose. */
final class ShrecSources extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    ShrecSources() {
        super(List.of("grandmodel", "noisefree", "reconstruction"));
    }
}
