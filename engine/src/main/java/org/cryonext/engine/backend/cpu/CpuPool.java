package org.cryonext.engine.backend.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A fixed set of threads that share the tasks of one region at a time. The calling thread is worker 0. Waiting workers
 * spin for a moment, since the next region usually follows at once, then yield to whoever wants the core, then park.
 *
 * <p>Each worker begins with a range of the tasks that depends on nothing but their number, so that what a region writes is
 * mostly read by the same core in the next; a worker whose range is empty takes tasks from the ends of the others'. So which
 * worker runs a task is left to chance all the same, and a task's result must not depend on its worker.
 */
public final class CpuPool implements AutoCloseable {
    /** Looks at the other threads before the first {@link Thread#yield}: some tens of microseconds. */
    private static final int SPINS = 1_000;

    /**
     * Nanoseconds a worker waits for a region before it parks, longer than any gap within a step. A parked worker is slow
     * to wake, and a system may wake it on the caller's core and leave another one idle: threads that keep running are
     * spread over the cores. Yielding, it leaves the core to whoever wants it, but its time counts.
     */
    private static final long PATIENCE = 5_000_000;

    /** Longs from one worker's range to the next: two cache lines, since these are fetched in pairs. */
    private static final int STRIDE = 16;

    /** Bits of each end of a range; above the two stands the number of the region. */
    private static final int END_BITS = 16;

    private static final int END_MASK = (1 << END_BITS) - 1;

    /** One task of a region. */
    @FunctionalInterface
    interface Body {
        /**
         * @param task number of the task, from 0
         * @param worker number of the thread that runs it, below {@link #size()}: for scratch memory
         */
        void run(int task, int worker);
    }

    private final CpuCaches caches;
    private final Worker[] workers;
    private final ReentrantLock owner = new ReentrantLock();
    /**
     * For each worker the number of the region, where its range begins and where it ends, in one word: a claim checks and
     * changes all at once.
     */
    private final AtomicLongArray ranges;

    private final AtomicInteger finished = new AtomicInteger();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private long regions;
    private volatile int tasks;
    private volatile Body body;
    private volatile boolean closed;

    /** @param threads number of workers, the calling thread included; at least 1 */
    public CpuPool(int threads) {
        this(threads, CpuCaches.MACHINE);
    }

    /** @param caches of the cores that the threads run on */
    CpuPool(int threads, CpuCaches caches) {
        this.caches = caches;
        if (threads < 1) {
            throw new IllegalArgumentException("A pool needs at least 1 thread, not " + threads);
        }
        ranges = new AtomicLongArray((threads + 1) * STRIDE);
        workers = new Worker[threads - 1];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker(i + 1);
            workers[i].start();
        }
    }

    /** Number of workers, the calling thread included. */
    public int size() {
        return workers.length + 1;
    }

    /** The caches of the cores that the workers run on. */
    CpuCaches caches() {
        return caches;
    }

    /**
     * Runs tasks 0 to {@code count - 1} and returns when all are done. What a task throws is thrown here, the tasks not
     * yet begun are left out.
     */
    void parallel(int count, Body region) {
        if (owner.isHeldByCurrentThread()) {
            throw new IllegalStateException("A task may not start a region of its own pool");
        }
        owner.lock();
        try {
            if (closed) {
                throw new IllegalStateException("The pool is closed");
            }
            if (workers.length == 0 || count <= 1) {
                for (int task = 0; task < count; task++) {
                    region.run(task, 0);
                }
                return;
            }
            share(count, region);
        } finally {
            owner.unlock();
        }
    }

    private void share(int count, Body region) {
        body = region;
        tasks = count;
        finished.set(0);
        failure.set(null);
        regions++;
        int claims = Math.ceilDiv(count, together(count));
        for (int worker = size() - 1; worker >= 0; worker--) {
            long range = regions << 2 * END_BITS | (long) start(claims, worker) << END_BITS | start(claims, worker + 1);
            ranges.set(at(worker), range);
        }
        // After all ranges are there: who finds none of his own and none to take waits for the next region.
        for (int worker = 1; worker < Math.min(claims, size()); worker++) {
            workers[worker - 1].wake();
        }
        takeTasks(0);
        for (int spins = 0; finished.get() < count; spins++) {
            if (spins < SPINS) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
        body = null;
        Throwable thrown = failure.get();
        if (thrown instanceof RuntimeException e) {
            throw e;
        } else if (thrown instanceof Error e) {
            throw e;
        }
    }

    /** Tasks that are claimed at once: one, unless an end of a range has too few bits for their number. */
    private static int together(int count) {
        return count / END_MASK + 1;
    }

    /** Where a worker's range begins: shares alike, or one claim for each of the first workers. */
    private int start(int claims, int worker) {
        return claims < size() ? Math.min(claims, worker) : (int) ((long) claims * worker / size());
    }

    private static int at(int worker) {
        return (worker + 1) * STRIDE;
    }

    /** Runs tasks of the present region until none is left, first those of the worker's own range. */
    private void takeTasks(int worker) {
        int done = 0;
        for (int i = 0; i < size(); i++) {
            int from = worker + i < size() ? worker + i : worker + i - size();
            int ran;
            do {
                ran = claim(from, worker);
                done += ran;
            } while (ran > 0);
        }
        if (done > 0) {
            finished.addAndGet(done);
        }
    }

    /**
     * Runs the next tasks of a range, or the last ones if it is another worker's.
     *
     * @return their number; 0 if there are none
     */
    private int claim(int from, int worker) {
        while (true) {
            long range = ranges.get(at(from));
            int begin = (int) (range >>> END_BITS) & END_MASK;
            int end = (int) range & END_MASK;
            if (begin == end) {
                return 0;
            }
            Body region = body;
            int count = tasks;
            boolean own = from == worker;
            // Succeeds only if the region of the range was open all along, and so body and tasks are its own.
            if (!ranges.compareAndSet(at(from), range, own ? range + (1L << END_BITS) : range - 1)) {
                continue;
            }
            int together = together(count);
            int first = (own ? begin : end - 1) * together;
            int last = Math.min(first + together, count);
            try {
                for (int task = first; task < last && failure.get() == null; task++) {
                    region.run(task, worker);
                }
            } catch (Throwable e) {
                failure.compareAndSet(null, e);
            }
            return last - first;
        }
    }

    /** Ends the threads; a region under way is finished first. */
    @Override
    public void close() {
        owner.lock();
        try {
            closed = true;
        } finally {
            owner.unlock();
        }
        for (Worker worker : workers) {
            LockSupport.unpark(worker);
        }
    }

    private final class Worker extends Thread {
        private final int number;
        private volatile boolean parked;

        Worker(int number) {
            super("cryonext-cpu-" + number);
            this.number = number;
            setDaemon(true);
        }

        void wake() {
            if (parked) {
                LockSupport.unpark(this);
            }
        }

        @Override
        public void run() {
            long seen = 0;
            while (!closed) {
                seen = awaitRegion(seen);
                takeTasks(number);
            }
        }

        private long region() {
            return ranges.get(at(number)) >>> 2 * END_BITS;
        }

        private long awaitRegion(long seen) {
            int spins = 0;
            long since = 0;
            while (region() == seen && !closed) {
                if (spins < SPINS) {
                    spins++;
                    Thread.onSpinWait();
                    continue;
                }
                since = since == 0 ? System.nanoTime() : since;
                if (System.nanoTime() - since < PATIENCE) {
                    Thread.yield();
                    continue;
                }
                parked = true;
                // Looked at once more after the flag is set, or a region begun in between would never wake it.
                if (region() == seen && !closed) {
                    LockSupport.park(CpuPool.this);
                }
                parked = false;
            }
            return region();
        }
    }
}
