package org.cryonext.engine.backend.cuda.driver;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The numbers by which libraries multiply a result and what was there before; they read them from memory. */
final class Factors {
    private static final MemorySegment MEMORY = Arena.global().allocateFrom(ValueLayout.JAVA_FLOAT, 0, 1);

    static final HostAddress ZERO = new HostAddress(MEMORY);
    static final HostAddress ONE = new HostAddress(MEMORY.asSlice(Float.BYTES));

    private Factors() {}
}
