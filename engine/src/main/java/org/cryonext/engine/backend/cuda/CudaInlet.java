package org.cryonext.engine.backend.cuda;

import java.lang.foreign.MemorySegment;
import org.cryonext.engine.backend.Inlet;
import org.cryonext.engine.backend.cuda.driver.CudaContext;
import org.cryonext.engine.backend.cuda.driver.CudaEvent;
import org.cryonext.engine.backend.cuda.driver.CudaStream;
import org.cryonext.engine.backend.cuda.driver.DeviceMemory;
import org.cryonext.engine.backend.cuda.driver.PinnedMemory;
import org.cryonext.engine.tensor.Tensor;

/**
 * An input goes through pinned memory and a copy stream of its own to a second place on the card while the main stream still
 * runs, and from there, in the main stream and so behind that run, to where the next one reads it. The host waits only if it
 * is two settings ahead.
 */
final class CudaInlet implements Inlet {
    private final CudaStream copies;
    private final CudaStream stream;
    private final CudaBlock target;
    private final PinnedMemory pinned;
    private final DeviceMemory second;
    private final CudaEvent arrived;
    private final CudaEvent taken;

    /** Bytes that were set since the last wait, whose copies may still be under way. */
    private long from;

    private long to;

    CudaInlet(CudaContext context, CudaStream copies, CudaBlock target) {
        this.copies = copies;
        this.stream = context.stream();
        this.target = target;
        long bytes = target.type().bytes();
        pinned = context.pinned(bytes);
        second = context.allocate(bytes);
        arrived = context.event();
        taken = context.event();
        // The memory is allocated, and cleared, in the order of the main stream.
        stream.record(taken);
        copies.await(taken);
    }

    @Override
    public void set(Tensor source, long at) {
        MemorySegment data = source.to(target.dtype()).data();
        long begin = at * target.dtype().bytes();
        long end = begin + data.byteSize();
        if (begin < to && from < end) {
            // The pinned bytes must have left before they change, and the card's second place must have been read.
            if (!arrived.isDone()) {
                arrived.synchronize();
            }
            copies.await(taken);
            from = begin;
            to = end;
        } else {
            from = from == to ? begin : Math.min(from, begin);
            to = Math.max(to, end);
        }
        pinned.segment().asSlice(begin, data.byteSize()).copyFrom(data);
        copies.upload(pinned, begin, second.address() + begin, data.byteSize());
        copies.record(arrived);
        stream.await(arrived);
        stream.copy(second.address() + begin, target.address() + begin, data.byteSize());
        stream.record(taken);
    }

    @Override
    public void close() {
        copies.synchronize();
        stream.synchronize();
        taken.close();
        arrived.close();
        second.close();
        pinned.close();
    }
}
