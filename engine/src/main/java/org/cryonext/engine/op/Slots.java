package org.cryonext.engine.op;

import java.util.List;

/**
 * The names of an operator's inputs in order, for instance {@code x, weight, bias?}; a question mark makes one optional,
 * three dots after the last one let it repeat.
 *
 * @param names as written, marks included
 */
public record Slots(List<String> names) {
    /** Parses a comma-separated list. */
    public static Slots of(String list) {
        return new Slots(list.isBlank() ? List.of() : List.of(list.split(", ")));
    }

    /** Position of an input. */
    public int index(String name) {
        for (int i = 0; i < names.size(); i++) {
            String slot = names.get(i);
            if (slot.equals(name) || slot.equals(name + "?") || slot.equals(name + "...")) {
                return i;
            }
        }
        throw new IllegalArgumentException("no input " + name + " among " + names);
    }

    /** Whether the last input may be given any number of times. */
    public boolean repeats() {
        return !names.isEmpty() && names.getLast().endsWith("...");
    }

    /** Whether the input at this position may be left out. */
    public boolean optional(int index) {
        return index < names.size() && names.get(index).endsWith("?");
    }

    /** The bare name of the input at this position. */
    public String name(int index) {
        String slot = names.get(Math.min(index, names.size() - 1));
        return slot.replace("?", "").replace("...", "");
    }
}
