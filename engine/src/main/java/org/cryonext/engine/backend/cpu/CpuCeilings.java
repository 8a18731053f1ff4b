package org.cryonext.engine.backend.cpu;

import java.lang.invoke.MethodType;
import java.util.Arrays;
import org.cryonext.engine.op.Cost;

/**
 * What this machine can do at most, as measured through the same vectors and threads as the kernels.
 *
 * @param threads worker threads
 * @param gigaflops 1e9 floating-point operations a second of multiply-adds whose operands all stay in registers
 * @param gigabytes 1e9 bytes a second of {@code a = b + s c} over arrays that no cache holds: two read, one written
 */
public record CpuCeilings(int threads, double gigaflops, double gigabytes) {
    /** Sums that are under way at once: enough to hide the latency of two units, few enough to stay in registers. */
    private static final int SUMS = CpuSpecies.REGISTERS == 32 ? 24 : 12;

    private static final int FIRST_ROUNDS = 500;
    private static final int MOST_ROUNDS = 100_000_000;
    private static final long BURST_NANOS = 5_000_000;
    private static final int BURSTS = 40;
    private static final long WARM_UP_NANOS = 60_000_000_000L;
    private static final int FLOATS = 1 << 24;
    private static final int REPEATS = 8;

    /** Multiplies and adds, so many times each sum. */
    @FunctionalInterface
    interface MultiplyAdds {
        /** @param values the first two vectors are the factors, and every sum begins at its vector and ends there */
        void run(int rounds, float[] values);
    }

    private static final MultiplyAdds MULTIPLY_ADDS = VectorCode.compile(
            MultiplyAdds.class,
            "MultiplyAdds",
            "run",
            MethodType.methodType(void.class, int.class, float[].class),
            CpuCeilings::write);

    private static void write(VectorCode code) {
        int rounds = 1, values = 2;
        int round = code.locals(1), index = code.locals(1), factors = code.locals(2), sums = code.locals(SUMS);
        code.zeroInt(index);
        code.load(factors, values, index, 0).load(factors + 1, values, index, CpuSpecies.LENGTH);
        for (int s = 0; s < SUMS; s++) {
            code.load(sums + s, values, index, s * CpuSpecies.LENGTH);
        }
        code.loop(round, rounds, () -> {
            for (int s = 0; s < SUMS; s++) {
                code.fma(factors, factors + 1, sums + s);
            }
        });
        for (int s = 0; s < SUMS; s++) {
            code.store(sums + s, values, index, s * CpuSpecies.LENGTH);
        }
    }

    /** The first of the two ceilings alone, in a fifth of a second. */
    public static double gigaflops(int threads) {
        try (CpuPool pool = new CpuPool(threads)) {
            return gigaflops(pool);
        }
    }

    /** Measures for about a second, the first time a little longer: the best of several bursts, since whatever disturbs one only slows it. */
    public static CpuCeilings measure(int threads) {
        try (CpuPool pool = new CpuPool(threads)) {
            return new CpuCeilings(threads, gigaflops(pool), gigabytes(pool));
        }
    }

    private static double gigaflops(CpuPool pool) {
        float[][] values = new float[pool.size()][SUMS * CpuSpecies.LENGTH];
        for (float[] own : values) {
            Arrays.fill(own, 1e-3f);
        }
        warmUp(values[0]);
        double best = 0;
        int rounds = FIRST_ROUNDS;
        // Bursts of the same length in time, until none of the last ones was better.
        for (int since = 0; since < BURSTS; since++) {
            int n = rounds;
            long nanos = time(() -> pool.parallel(pool.size(), (task, worker) -> MULTIPLY_ADDS.run(n, values[task])));
            double reached = 2.0 * n * SUMS * CpuSpecies.LENGTH * pool.size() / nanos;
            if (reached > 1.01 * best) {
                since = 0;
            }
            best = Math.max(best, reached);
            rounds = Math.clamp((long) ((double) n * BURST_NANOS / nanos), FIRST_ROUNDS, MOST_ROUNDS);
        }
        return best;
    }

    /**
     * Waits for the compiler, which on a busy machine may take seconds. Compiled code does a vector in less than two
     * nanoseconds, any other takes ten times as long.
     */
    private static void warmUp(float[] values) {
        long start = System.nanoTime();
        long vectors = (long) FIRST_ROUNDS * SUMS;
        while (time(() -> MULTIPLY_ADDS.run(FIRST_ROUNDS, values)) > 2 * vectors
                && System.nanoTime() - start < WARM_UP_NANOS) {
            Thread.onSpinWait();
        }
    }

    private static double gigabytes(CpuPool pool) {
        long most = Runtime.getRuntime().maxMemory() / (8 * 3 * Float.BYTES);
        int length = (int) Math.min(FLOATS, most) / pool.size();
        float[][] a = new float[pool.size()][length];
        float[][] b = new float[pool.size()][length];
        float[][] c = new float[pool.size()][length];
        double bytes = 3.0 * Float.BYTES * length * pool.size();
        long best = Long.MAX_VALUE;
        for (int i = 0; i < REPEATS; i++) {
            best = Math.min(
                    best,
                    time(() -> pool.parallel(pool.size(), (task, worker) -> scaleAndAdd(a[task], b[task], c[task]))));
        }
        return bytes / best;
    }

    private static void scaleAndAdd(float[] a, float[] b, float[] c) {
        for (int i = 0; i < a.length; i++) {
            a[i] = b[i] + 3 * c[i];
        }
    }

    private static long time(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return System.nanoTime() - start;
    }

    /**
     * The time below which work cannot be done, in seconds: that of its operations or that of its bytes, whichever is
     * longer. Bytes that a cache still holds may be faster.
     */
    public double seconds(Cost cost) {
        return Math.max(cost.flops() / gigaflops, cost.bytes() / gigabytes) / 1e9;
    }

    /** Whether the bytes of some work take longer than its operations. */
    public boolean isBoundByMemory(Cost cost) {
        return cost.bytes() / gigabytes > cost.flops() / gigaflops;
    }
}
