package org.cryonext.engine.backend.cpu;

import java.lang.invoke.MethodType;

/**
 * Unrolled kernels of {@link GeluPolynomial}, for one vector and for several at once, since each step of one vector's
 * polynomial waits for the step before.
 */
final class GeluKernels {
    private static final int VECTORS = CpuSpecies.REGISTERS == 32 ? 4 : 2;

    /** Elements that a wide kernel takes at a time. */
    static final int WIDE = VECTORS * CpuSpecies.LENGTH;

    /** Constants before the coefficients: bound, -bound, scale, -1, 0.5. */
    static final int FIRST_COEFFICIENT = 5;

    /** Applies the polynomial to a row of blocks. */
    interface Kernel {
        /**
         * @param x arguments
         * @param dy factors of derivatives; not read for values
         * @param y result
         * @param constants bound, -bound, scale, -1, 0.5, then the coefficients from degree 0 on
         * @param blocks number of blocks
         */
        void run(float[] x, int xAt, float[] dy, int dyAt, float[] y, int yAt, float[] constants, int blocks);
    }

    final Kernel single;
    final Kernel wide;

    /**
     * @param coefficients number of coefficients
     * @param derivative whether they are of the derivative
     */
    GeluKernels(int coefficients, boolean derivative) {
        single = make(coefficients, 1, derivative);
        wide = make(coefficients, VECTORS, derivative);
    }

    private static Kernel make(int coefficients, int vectors, boolean derivative) {
        Class<float[]> f = float[].class;
        Class<Integer> i = int.class;
        MethodType signature = MethodType.methodType(void.class, f, i, f, i, f, i, f, i);
        String label = (derivative ? "GeluGradient" : "Gelu") + coefficients + "x" + vectors;
        return VectorCode.compile(
                Kernel.class, label, "run", signature, code -> write(code, coefficients, vectors, derivative));
    }

    private static void write(VectorCode code, int coefficients, int vectors, boolean derivative) {
        int x = 1, xAt = 2, dy = 3, dyAt = 4, y = 5, yAt = 6, constants = 7, blocks = 8;
        int zero = code.locals(1), block = code.locals(1), xIndex = code.locals(1);
        int dyIndex = code.locals(1), yIndex = code.locals(1), c = code.locals(1), unit = code.locals(1);
        int m = code.locals(vectors), s = code.locals(vectors), t = code.locals(vectors);
        int p = code.locals(vectors), linear = code.locals(vectors);
        code.zeroInt(zero);
        code.loop(block, blocks, () -> {
            int step = vectors * CpuSpecies.LENGTH;
            code.setScaled(xIndex, xAt, block, step).setScaled(yIndex, yAt, block, step);
            code.setScaled(dyIndex, dyAt, block, step);
            for (int v = 0; v < vectors; v++) {
                code.load(linear + v, x, xIndex, v * CpuSpecies.LENGTH);
                code.broadcast(c, constants, zero, 0);
                if (derivative) {
                    code.binary("min", linear + v, c, m + v);
                    code.broadcast(c, constants, zero, 1).binary("max", m + v, c, m + v);
                } else {
                    code.abs(linear + v, t + v).binary("min", t + v, c, m + v);
                    // First the sum of x and |x|, which is exact, so that huge arguments keep their last digits.
                    code.add(t + v, linear + v).binary("sub", linear + v, m + v, linear + v);
                }
                code.binary("mul", m + v, m + v, s + v);
            }
            code.broadcast(c, constants, zero, 2).broadcast(unit, constants, zero, 3);
            for (int v = 0; v < vectors; v++) {
                code.fma(s + v, c, unit, t + v);
                code.broadcast(p + v, constants, zero, FIRST_COEFFICIENT + coefficients - 1);
            }
            for (int k = coefficients - 2; k >= 0; k--) {
                code.broadcast(c, constants, zero, FIRST_COEFFICIENT + k);
                for (int v = 0; v < vectors; v++) {
                    code.fma(p + v, t + v, c, p + v);
                }
            }
            code.broadcast(c, constants, zero, 4);
            for (int v = 0; v < vectors; v++) {
                if (derivative) {
                    code.fma(p + v, m + v, c, p + v).load(t + v, dy, dyIndex, v * CpuSpecies.LENGTH);
                    code.binary("mul", p + v, t + v, p + v);
                } else {
                    code.binary("mul", linear + v, c, linear + v).fma(p + v, s + v, linear + v, p + v);
                }
                code.store(p + v, y, yIndex, v * CpuSpecies.LENGTH);
            }
        });
    }
}
