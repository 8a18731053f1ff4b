package org.cryonext.engine.backend.cuda;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.cryonext.engine.backend.Inlet;
import org.cryonext.engine.backend.cuda.driver.CudaContext;
import org.cryonext.engine.backend.cuda.driver.CudaEvent;
import org.cryonext.engine.backend.cuda.driver.CudaStream;
import org.cryonext.engine.backend.cuda.driver.DeviceMemory;
import org.cryonext.engine.backend.cuda.driver.PinnedMemory;
import org.cryonext.engine.io.Closing;
import org.cryonext.engine.tensor.Tensor;

/**
 * An input goes through pinned memory and a copy stream of its own to a second place on the card while the main stream still
 * runs, and from there, in the main stream and so behind that run, to where the next one reads it. The host waits only if it
 * is two settings ahead.
 *
 * <p>Rows that are set one by one travel together: they gather in the pinned memory until the last one is there, another is set
 * that is no neighbour of theirs, or the run begins.
 */
final class CudaInlet implements Inlet {
    private final CudaStream copies;
    private final CudaStream stream;
    private final CudaBlock target;
    private final PinnedMemory pinned;
    private final DeviceMemory second;
    private final CudaEvent arrived;
    private final CudaEvent taken;
    private final Deque<Runnable> open = new ArrayDeque<>();

    /** Bytes that were sent since the last wait, whose copies may still be under way. */
    private long from;

    private long to;

    /** Bytes that were set and not sent yet. */
    private long gatheredFrom;

    private long gatheredTo;

    CudaInlet(CudaContext context, CudaStream copies, CudaBlock target) {
        this.copies = copies;
        this.stream = context.stream();
        this.target = target;
        long bytes = target.type().bytes();
        try {
            pinned = context.pinned(bytes);
            open.push(pinned::close);
            second = context.allocate(bytes);
            open.push(second::close);
            arrived = context.event();
            open.push(arrived::close);
            taken = context.event();
            open.push(taken::close);
            // The memory is allocated, and cleared, in the order of the main stream.
            stream.record(taken);
            copies.await(taken);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    @Override
    public void set(Tensor source, long at) {
        MemorySegment data = source.to(target.dtype()).data();
        long begin = at * target.dtype().bytes();
        long end = begin + data.byteSize();
        if (begin > gatheredTo || end < gatheredFrom) {
            send();
        }
        if (begin < to && from < end) {
            // The pinned bytes must have left before they change, and the card's second place must have been read.
            if (!arrived.isDone()) {
                arrived.synchronize();
            }
            copies.await(taken);
            from = 0;
            to = 0;
        }
        pinned.segment().asSlice(begin, data.byteSize()).copyFrom(data);
        boolean first = gatheredFrom == gatheredTo;
        gatheredFrom = first ? begin : Math.min(gatheredFrom, begin);
        gatheredTo = first ? end : Math.max(gatheredTo, end);
        if (end == target.type().bytes()) {
            send();
        }
    }

    @Override
    public void send() {
        long bytes = gatheredTo - gatheredFrom;
        if (bytes == 0) {
            return;
        }
        copies.upload(pinned, gatheredFrom, second.address() + gatheredFrom, bytes);
        copies.record(arrived);
        stream.await(arrived);
        stream.copy(second.address() + gatheredFrom, target.address() + gatheredFrom, bytes);
        stream.record(taken);
        from = from == to ? gatheredFrom : Math.min(from, gatheredFrom);
        to = Math.max(to, gatheredTo);
        gatheredFrom = 0;
        gatheredTo = 0;
    }

    @Override
    public void close() {
        copies.settle();
        stream.settle();
        List<Runnable> closers = List.copyOf(open);
        open.clear();
        Closing.all(closers);
    }
}
