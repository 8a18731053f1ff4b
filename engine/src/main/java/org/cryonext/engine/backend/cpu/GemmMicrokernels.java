package org.cryonext.engine.backend.cpu;

import java.lang.invoke.MethodType;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes and keeps the microkernels: ROWS x 2 vectors of sums, as many as leave registers for two vectors of b and one
 * broadcast value of a (24 of 32, 12 of 16; a few more sums would spill and cost two thirds of the speed).
 */
final class GemmMicrokernels {
    /** Rows of the full kernel. */
    static final int ROWS = CpuSpecies.REGISTERS == 32 ? 12 : 6;

    /** Distance of the steps of a panel whose rows follow each other: whole vectors, so that they are copied as such. */
    static final int STEP = ROWS == 12 ? 16 : 8;

    /** Columns of every kernel. */
    static final int COLUMNS = 2 * CpuSpecies.LENGTH;

    /** Longest sum a kernel is given; a panel of b of this depth takes half of the first-level cache. */
    static final int DEPTH = 192;

    private record Key(int rows, int rowStride, int stepStride) {}

    private static final Map<Key, GemmMicrokernel> MADE = new ConcurrentHashMap<>();

    private GemmMicrokernels() {}

    /** Kernel for a[r][k] at {@code aOffset + r * DEPTH + k}. */
    static GemmMicrokernel byRows(int rows) {
        return MADE.computeIfAbsent(new Key(rows, DEPTH, 1), GemmMicrokernels::make);
    }

    /** Kernel for a[r][k] at {@code aOffset + r + k * STEP}. */
    static GemmMicrokernel bySteps(int rows) {
        return MADE.computeIfAbsent(new Key(rows, 1, STEP), GemmMicrokernels::make);
    }

    private static GemmMicrokernel make(Key key) {
        Class<float[]> f = float[].class;
        Class<Integer> i = int.class;
        MethodType signature = MethodType.methodType(void.class, f, i, f, i, i, f, i, i, f, i, i);
        String label = "Gemm" + key.rows + "x" + COLUMNS + (key.stepStride == 1 ? "Rows" : "Steps");
        return VectorCode.compile(GemmMicrokernel.class, label, "run", signature, code -> write(code, key));
    }

    private static void write(VectorCode code, Key key) {
        int a = 1, aOffset = 2, b = 3, bOffset = 4, depth = 5, init = 6, initOffset = 7, initStride = 8;
        int c = 9, cOffset = 10, cStride = 11;
        int step = code.locals(1), aIndex = code.locals(1), bIndex = code.locals(1);
        int right = code.locals(2), left = code.locals(1), sums = code.locals(2 * key.rows);
        for (int s = 0; s < 2 * key.rows; s++) {
            code.zero(sums + s);
        }
        code.loop(step, depth, () -> {
            code.setScaled(bIndex, bOffset, step, COLUMNS);
            code.setScaled(aIndex, aOffset, step, key.stepStride);
            code.load(right, b, bIndex, 0).load(right + 1, b, bIndex, CpuSpecies.LENGTH);
            for (int r = 0; r < key.rows; r++) {
                code.broadcast(left, a, aIndex, r * key.rowStride);
                code.fma(left, right, sums + 2 * r).fma(left, right + 1, sums + 2 * r + 1);
            }
        });
        for (int r = 0; r < key.rows; r++) {
            code.load(left, init, initOffset, 0).add(left, sums + 2 * r);
            code.load(left, init, initOffset, CpuSpecies.LENGTH).add(left, sums + 2 * r + 1);
            code.store(sums + 2 * r, c, cOffset, 0).store(sums + 2 * r + 1, c, cOffset, CpuSpecies.LENGTH);
            code.advance(initOffset, initStride).advance(cOffset, cStride);
        }
    }
}
