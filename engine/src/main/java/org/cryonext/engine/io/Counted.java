package org.cryonext.engine.io;

/** Numbers of things, for sentences. */
public final class Counted {
    private Counted() {}

    /**
     * A number with its noun: {@code 1 tomogram}, {@code 2 tomograms}.
     *
     * @param one the noun in the singular, whose plural has an s more
     */
    public static String of(long count, String one) {
        return count + " " + one + (count == 1 ? "" : "s");
    }
}
