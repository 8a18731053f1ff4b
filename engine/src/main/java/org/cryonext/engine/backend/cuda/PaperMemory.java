package org.cryonext.engine.backend.cuda;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/** Addresses that stand for memory, and how much of it is a tensor's; there is none behind them. */
final class PaperMemory {
    private final Map<Long, Long> tensors = new HashMap<>();
    private final Map<Long, MemorySegment> uploads = new HashMap<>();
    private long next = CudaBackend.ALIGNMENT;

    /** Where a piece begins. */
    long allocate(long bytes) {
        long address = next;
        next += Math.ceilDiv(Math.max(1, bytes), CudaBackend.ALIGNMENT) * CudaBackend.ALIGNMENT;
        return address;
    }

    /** Says that a tensor lies there. */
    void place(long address, long bytes) {
        tensors.put(address, bytes);
    }

    /** Bytes of the tensor at an address; 0 for address 0, which is none. */
    long bytes(long address) {
        Long bytes = address == 0 ? Long.valueOf(0) : tensors.get(address);
        if (bytes == null) {
            throw new IllegalArgumentException("no tensor begins at " + address);
        }
        return bytes;
    }

    /** Keeps what a kernel's table holds. */
    void upload(MemorySegment from, long address) {
        uploads.put(address, from);
    }

    /** The table at an address. */
    MemorySegment uploaded(long address) {
        return uploads.get(address);
    }
}
