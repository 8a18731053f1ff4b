package org.cryonext.models.export;

/** One extent of a graph's input or output. */
public sealed interface Dim {
    /**
     * Known when the file is written.
     *
     * @param size at least 1
     */
    record Fixed(long size) implements Dim {}

    /**
     * Chosen by whoever runs the file; the same name means the same extent.
     *
     * @param name for instance {@code batch}
     */
    record Symbolic(String name) implements Dim {}
}
