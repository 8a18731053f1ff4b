package org.cryonext.bench.paper;

import org.cryonext.engine.backend.cuda.LaunchWork;
import org.cryonext.engine.backend.cuda.PlannedLaunch;

/**
 * The time of a launch: that of its operations and its bytes at the card's ceilings and the kernel's efficiency, but not less
 * than its blocks need, which wait for memory one time after another; and before it the gap between two launches of a graph.
 *
 * @param card what it runs on
 */
record KernelModel(Card card) {
    /** Microseconds from the end of one launch of a graph to the work of the next, and of its first access. */
    static final double GAP = 2.0;

    /** Microseconds of one wait for memory and the work behind it, where a multiprocessor has little else to do. */
    static final double ROUND = 0.5;

    /** What bounds a launch. */
    enum Bound {
        BYTES,
        FLOPS,
        /** Too few blocks, each of which waits for memory again and again. */
        LATENCY,
        LAUNCH
    }

    /**
     * A launch's time.
     *
     * @param microseconds all of it
     * @param bound what takes most of it
     */
    record Time(double microseconds, Bound bound) {}

    Time time(PlannedLaunch launch) {
        LaunchWork work = launch.work();
        Efficiency efficiency = Efficiency.of(launch.family(), launch.type());
        long blocks =
                (long) launch.grid().x() * launch.grid().y() * launch.grid().z();
        int multiprocessors = card.device().multiprocessors();
        // The last round of blocks leaves multiprocessors idle.
        double busy = (double) blocks / (Math.ceilDiv(blocks, multiprocessors) * (long) multiprocessors);
        boolean product = isProduct(launch.family());
        double compute;
        if (product) {
            double rate = launch.type().equals("f32")
                    ? card.peaks().single() * efficiency.compute()
                    : Math.min(
                            card.instructionTeraflops(launch.type()) * efficiency.compute(),
                            card.sustainedTeraflops(launch.type()));
            long plain = launch.type().equals("f32") ? work.flops() : work.tensorFlops();
            long rest = launch.type().equals("f32") ? 0 : work.flops();
            compute = plain / (rate * busy) / 1e6 + rest / (card.peaks().single() * Efficiency.EPILOGUE) / 1e6;
        } else {
            double reached = Math.min(1, (double) blocks / multiprocessors);
            compute = work.flops() / (card.peaks().single() * efficiency.compute() * reached) / 1e6;
        }
        double memory = work.bytes() / (card.copyGigabytes() * efficiency.memory()) / 1e3;
        double together = efficiency.overlapped() ? Math.max(compute, memory) : compute + memory;
        double latency = work.rounds() * ROUND;
        Bound bound = GAP > Math.max(together, latency)
                ? Bound.LAUNCH
                : latency > together ? Bound.LATENCY : compute > memory ? Bound.FLOPS : Bound.BYTES;
        return new Time(GAP + Math.max(together, latency), bound);
    }

    /** Microseconds at the data sheet's peaks, without gaps: the roofline. */
    double roofline(PlannedLaunch launch) {
        LaunchWork work = launch.work();
        boolean tensor = work.tensorFlops() > 0;
        double compute = tensor
                ? work.tensorFlops() / card.peak(launch.type()) / 1e6
                : work.flops() / card.peaks().single() / 1e6;
        return Math.max(compute, work.bytes() / card.peaks().gigabytes() / 1e3);
    }

    static boolean isProduct(String family) {
        return family.startsWith("linear") || family.startsWith("patch_conv") || family.startsWith("mlp");
    }
}
