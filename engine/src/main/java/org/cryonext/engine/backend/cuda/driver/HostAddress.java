package org.cryonext.engine.backend.cuda.driver;

import java.lang.foreign.MemorySegment;
import jcuda.Pointer;

/** An address outside Java's heap, as JCuda's functions take it. Does not keep the memory alive. */
final class HostAddress extends Pointer {
    HostAddress(MemorySegment memory) {
        super(memory.address());
    }
}
