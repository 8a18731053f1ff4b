package org.cryonext.engine.backend;

/** The memory that a kernel is bound to. */
public interface Bindings {
    /** Block of an input; null where an optional one is left out. */
    Block in(String name);

    /** Block of the input at a position, for operators whose last input repeats. */
    Block in(int index);

    /** Number of inputs, those left out included. */
    int inputs();

    /** Block of an output; null if nothing reads it. */
    Block out(int index);

    /** Working memory of the size the kernel asked for, as F32; null if none. */
    Block scratch();

    /** Memory of its own of the size the kernel asked for, as F32; null if none. */
    Block resident();

    /** Counts the changes of the variable given as this input; starts at 1. */
    long version(String input);
}
