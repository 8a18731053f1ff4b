package org.cryonext.engine.backend.cuda;

import org.cryonext.engine.backend.Slab;
import org.cryonext.engine.backend.cuda.driver.DeviceMemory;

/**
 * A piece of the card's memory.
 *
 * @param memory where it lies
 */
record CudaSlab(DeviceMemory memory) implements Slab {
    @Override
    public long bytes() {
        return memory.bytes();
    }

    @Override
    public void close() {
        memory.close();
    }
}
