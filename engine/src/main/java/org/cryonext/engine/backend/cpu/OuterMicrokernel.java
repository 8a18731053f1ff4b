package org.cryonext.engine.backend.cpu;

/** The innermost block of a product of a transposed matrix, all of whose sums stay in registers. */
interface OuterMicrokernel {
    /**
     * c[r][j] = init[r][j] + sum over m of a[m][r] * b[m][j], for m in order. The sum starts from 0 and init comes last, so that
     * long products are sums of short ones.
     *
     * @param a values to broadcast, where they lie: those of a step follow each other, from {@code aOffset}
     * @param aStride from one step's to the next's
     * @param b panel [depth][columns of the kernel] from {@code bOffset}
     * @param init first summand, rows {@code initStride} apart (0: the same row for all)
     * @param c result, rows {@code cStride} apart; may be init
     */
    void run(
            float[] a,
            int aOffset,
            int aStride,
            float[] b,
            int bOffset,
            int depth,
            float[] init,
            int initOffset,
            int initStride,
            float[] c,
            int cOffset,
            int cStride);
}
