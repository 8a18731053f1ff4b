package org.cryonext.engine.backend.cpu;

/** The innermost block of a matrix product, all of whose sums stay in registers. */
interface GemmMicrokernel {
    /**
     * c[r][j] = init[r][j] + sum over k of a[r][k] * b[k][j], for k in order. The sum starts from 0 and init comes
     * last, so that long products are sums of short ones.
     *
     * @param a rows of values to broadcast, {@link GemmMicrokernels#DEPTH} apart, from {@code aOffset}
     * @param b panel [depth][columns of the kernel] from {@code bOffset}
     * @param init first summand, rows {@code initStride} apart (0: the same row for all)
     * @param c result, rows {@code cStride} apart; may be init
     */
    void run(
            float[] a,
            int aOffset,
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
