package org.cryonext.engine.backend.cuda.driver;

import java.lang.foreign.MemorySegment;

/**
 * Pinned memory through which other memory of the host goes to a card and back: while the card copies one half, the host
 * copies the other.
 */
final class Staging implements AutoCloseable {
    private static final long HALF = 4L << 20;

    private final PinnedMemory memory;
    private final MemorySegment[] halves = new MemorySegment[2];
    private final CudaEvent[] done = new CudaEvent[2];
    private final boolean[] busy = new boolean[2];

    Staging(CudaContext context) {
        memory = context.pinned(2 * HALF);
        for (int i = 0; i < 2; i++) {
            halves[i] = memory.segment().asSlice(i * HALF, HALF);
            done[i] = context.event();
        }
    }

    /** The source may change when the call returns; the card may still be copying from here. */
    void upload(CudaStream stream, MemorySegment from, long address) {
        int turn = 0;
        for (long at = 0; at < from.byteSize(); at += HALF) {
            long bytes = Math.min(HALF, from.byteSize() - at);
            await(turn);
            MemorySegment half = halves[turn].asSlice(0, bytes);
            half.copyFrom(from.asSlice(at, bytes));
            stream.send(half, address + at);
            mark(stream, turn);
            turn = 1 - turn;
        }
    }

    /** The target is whole when the call returns. */
    void download(CudaStream stream, long address, MemorySegment to) {
        long size = to.byteSize();
        if (size == 0) {
            return;
        }
        request(stream, address, size, 0, 0);
        int turn = 0;
        for (long at = 0; at < size; at += HALF) {
            request(stream, address, size, at + HALF, 1 - turn);
            await(turn);
            long bytes = Math.min(HALF, size - at);
            to.asSlice(at, bytes).copyFrom(halves[turn].asSlice(0, bytes));
            turn = 1 - turn;
        }
    }

    private void request(CudaStream stream, long address, long size, long at, int turn) {
        if (at < size) {
            await(turn);
            stream.receive(address + at, halves[turn].asSlice(0, Math.min(HALF, size - at)));
            mark(stream, turn);
        }
    }

    private void mark(CudaStream stream, int turn) {
        stream.record(done[turn]);
        busy[turn] = true;
    }

    private void await(int turn) {
        if (busy[turn]) {
            done[turn].synchronize();
            busy[turn] = false;
        }
    }

    @Override
    public void close() {
        for (CudaEvent event : done) {
            event.close();
        }
        memory.close();
    }
}
