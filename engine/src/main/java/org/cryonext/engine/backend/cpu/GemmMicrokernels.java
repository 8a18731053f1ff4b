package org.cryonext.engine.backend.cpu;

import java.lang.invoke.MethodType;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntConsumer;

/**
 * Makes and keeps the microkernels: ROWS x 2 vectors of sums, as many as leave registers for two vectors of b and one
 * broadcast value of a (24 of 32, 12 of 16; a few more sums would spill and cost two thirds of the speed).
 */
final class GemmMicrokernels {
    /** Rows of the full kernel. */
    static final int ROWS = CpuSpecies.REGISTERS == 32 ? 12 : 6;

    /** Columns of every kernel. */
    static final int COLUMNS = 2 * CpuSpecies.LENGTH;

    /** Longest sum a kernel is given; a panel of b of this depth takes half of the first-level cache. */
    static final int DEPTH = 192;

    private static final Map<Integer, GemmMicrokernel> BY_ROWS = new ConcurrentHashMap<>();
    private static final Map<Integer, OuterMicrokernel> OUTER = new ConcurrentHashMap<>();

    private GemmMicrokernels() {}

    /** Kernel for a[r][k] at {@code aOffset + r * DEPTH + k}. */
    static GemmMicrokernel byRows(int rows) {
        return BY_ROWS.computeIfAbsent(rows, GemmMicrokernels::makeByRows);
    }

    /** Kernel for {@code rows} columns of a matrix that lies as it is. */
    static OuterMicrokernel outer(int rows) {
        return OUTER.computeIfAbsent(rows, GemmMicrokernels::makeOuter);
    }

    private static GemmMicrokernel makeByRows(int rows) {
        Class<float[]> f = float[].class;
        Class<Integer> i = int.class;
        MethodType signature = MethodType.methodType(void.class, f, i, f, i, i, f, i, i, f, i, i);
        return VectorCode.compile(GemmMicrokernel.class, "Gemm" + rows + "x" + COLUMNS, "run", signature, code -> {
            int aOffset = 2, b = 3;
            int values = code.locals(1);
            write(code, rows, b, values, DEPTH, step -> code.setScaled(values, aOffset, step, 1));
        });
    }

    private static OuterMicrokernel makeOuter(int rows) {
        Class<float[]> f = float[].class;
        Class<Integer> i = int.class;
        MethodType signature = MethodType.methodType(void.class, f, i, i, f, i, i, f, i, i, f, i, i);
        return VectorCode.compile(
                OuterMicrokernel.class, "GemmOuter" + rows + "x" + COLUMNS, "run", signature, code -> {
                    int aOffset = 2, aStride = 3, b = 4;
                    int values = code.locals(1);
                    write(code, rows, b, values, 1, step -> code.setProduct(values, aOffset, step, aStride));
                });
    }

    /**
     * The loop over the depth and what comes after it.
     *
     * @param b parameter of the method behind which all are the same
     * @param values local variable: where the values of a step that are broadcast begin
     * @param apart distance of one of them from the next
     * @param find sets {@code values} for the step whose number is in the local variable it is given
     */
    private static void write(VectorCode code, int rows, int b, int values, int apart, IntConsumer find) {
        int a = 1, bOffset = b + 1, depth = b + 2, init = b + 3, c = b + 6;
        int initOffset = init + 1, initStride = init + 2, cOffset = c + 1, cStride = c + 2;
        int step = code.locals(1), bIndex = code.locals(1);
        int right = code.locals(2), left = code.locals(1), sums = code.locals(2 * rows);
        for (int s = 0; s < 2 * rows; s++) {
            code.zero(sums + s);
        }
        code.loop(step, depth, () -> {
            code.setScaled(bIndex, bOffset, step, COLUMNS);
            find.accept(step);
            code.load(right, b, bIndex, 0).load(right + 1, b, bIndex, CpuSpecies.LENGTH);
            for (int r = 0; r < rows; r++) {
                code.broadcast(left, a, values, r * apart);
                code.fma(left, right, sums + 2 * r).fma(left, right + 1, sums + 2 * r + 1);
            }
        });
        for (int r = 0; r < rows; r++) {
            code.load(left, init, initOffset, 0).add(left, sums + 2 * r);
            code.load(left, init, initOffset, CpuSpecies.LENGTH).add(left, sums + 2 * r + 1);
            code.store(sums + 2 * r, c, cOffset, 0).store(sums + 2 * r + 1, c, cOffset, CpuSpecies.LENGTH);
            code.advance(initOffset, initStride).advance(cOffset, cStride);
        }
    }
}
