package org.cryonext.engine.backend.cuda;

import org.cryonext.engine.backend.Slab;

/**
 * A piece of no memory.
 *
 * @param address where it would begin
 */
record PaperSlab(long address, long bytes) implements Slab {
    @Override
    public void close() {}
}
