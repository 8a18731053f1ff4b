package org.cryonext.engine.backend.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A fixed set of threads that share the tasks of one region at a time. The calling thread is worker 0. Waiting workers
 * spin for some tens of microseconds, since the next region usually follows at once, then park.
 *
 * <p>Which worker runs a task is left to chance, so a task's result must not depend on its worker.
 */
public final class CpuPool implements AutoCloseable {
    private static final int SPINS = 10_000;
    private static final long LEFT_MASK = 0xFFFF_FFFFL;

    /** One task of a region. */
    @FunctionalInterface
    interface Body {
        /**
         * @param task number of the task, from 0
         * @param worker number of the thread that runs it, below {@link #size()}: for scratch memory
         */
        void run(int task, int worker);
    }

    private final Worker[] workers;
    private final ReentrantLock owner = new ReentrantLock();
    /** Number of the region in the upper half, tasks not yet taken in the lower: one claim checks both. */
    private final AtomicLong ticket = new AtomicLong();

    private final AtomicInteger finished = new AtomicInteger();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile int tasks;
    private volatile Body body;
    private volatile boolean closed;

    /** @param threads number of workers, the calling thread included; at least 1 */
    public CpuPool(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("A pool needs at least 1 thread, not " + threads);
        }
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
        ticket.set(((ticket.get() >>> 32) + 1) << 32 | count);
        for (int i = 0; i < Math.min(workers.length, count - 1); i++) {
            workers[i].wake();
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

    /** Runs tasks of the present region until none is left. */
    private void takeTasks(int worker) {
        while (true) {
            long claim = ticket.get();
            int left = (int) (claim & LEFT_MASK);
            if (left == 0) {
                return;
            }
            Body region = body;
            int task = tasks - left;
            // Succeeds only if the region of the ticket was open all along, and so body and tasks are its own.
            if (!ticket.compareAndSet(claim, claim - 1)) {
                continue;
            }
            try {
                if (failure.get() == null) {
                    region.run(task, worker);
                }
            } catch (Throwable e) {
                failure.compareAndSet(null, e);
            } finally {
                finished.incrementAndGet();
            }
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

        private long awaitRegion(long seen) {
            int spins = 0;
            while (ticket.get() >>> 32 == seen && !closed) {
                if (spins++ < SPINS) {
                    Thread.onSpinWait();
                    continue;
                }
                parked = true;
                // Looked at once more after the flag is set, or a region begun in between would never wake it.
                if (ticket.get() >>> 32 == seen && !closed) {
                    LockSupport.park(CpuPool.this);
                }
                parked = false;
            }
            return ticket.get() >>> 32;
        }
    }
}
