package org.cryonext.bench.gpu;

import java.util.ArrayList;
import java.util.List;
import org.cryonext.engine.backend.Backend;

/**
 * Times what a card is given to do: groups of runs, each with a wait at its end, after a warm-up.
 *
 * @param nanos of a run, one number a group
 * @param runs in all groups
 */
record Stopwatch(List<Double> nanos, int runs) {
    private static final int GROUPS = 11;
    private static final int FEWEST_GROUPS = 3;
    private static final int WARM_UP = 3;

    /** @param seconds about how long to measure */
    static Stopwatch time(Runnable run, Backend backend, double seconds) {
        for (int i = 0; i < WARM_UP; i++) {
            run.run();
        }
        double once = group(run, backend, 1);
        int size = (int) Math.max(1, seconds * 1e9 / GROUPS / once);
        int groups = once * GROUPS > 3 * seconds * 1e9 ? FEWEST_GROUPS : GROUPS;
        List<Double> nanos = new ArrayList<>();
        for (int i = 0; i < groups; i++) {
            nanos.add(group(run, backend, size));
        }
        return new Stopwatch(nanos.stream().sorted().toList(), groups * size);
    }

    private static double group(Runnable run, Backend backend, int size) {
        backend.synchronize();
        long start = System.nanoTime();
        for (int i = 0; i < size; i++) {
            run.run();
        }
        backend.synchronize();
        return (System.nanoTime() - start) / (double) size;
    }

    double median() {
        return nanos.get(nanos.size() / 2);
    }

    double slowest() {
        return nanos.getLast();
    }
}
