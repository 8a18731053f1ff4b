package org.cryonext.engine.backend.cpu;

import java.util.Arrays;
import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.op.LayerNorm;
import org.cryonext.engine.op.LayerNormGradient;

/** Layer normalisation and its gradient. */
final class NormKernels {
    /** Floats of rows a task normalises at least. */
    private static final int LEAST_FLOATS = 16 * 1024;

    private final CpuPool pool;

    NormKernels(CpuPool pool) {
        this.pool = pool;
    }

    Kernel layerNorm(Node node, LayerNorm op) {
        int channels = Math.toIntExact(node.input("x").type().shape().channels());
        int rows = Math.toIntExact(node.input("x").type().shape().rows());
        LayerNormRows norm = new LayerNormRows(channels, op.epsilon());
        RowChunks chunks = RowChunks.of(rows, Math.max(1, LEAST_FLOATS / channels), 1024);
        return new CpuKernel(pool.size() * LayerNormRows.WORKING, b -> {
            CpuBlock x = CpuKernel.in(b, "x");
            CpuBlock weight = CpuKernel.in(b, "weight");
            CpuBlock bias = CpuKernel.in(b, "bias");
            CpuBlock y = CpuKernel.out(b, 0);
            CpuBlock scratch = CpuKernel.scratch(b);
            CpuPool.Body body = (chunk, worker) -> {
                int working = scratch.offset() + worker * LayerNormRows.WORKING;
                int end = chunks.start(chunk + 1);
                for (int row = chunks.start(chunk); row < end; row += LayerNormRows.BLOCK) {
                    int block = Math.min(LayerNormRows.BLOCK, end - row);
                    norm.statistics(x.array(), x.offset() + row * channels, block, scratch.array(), working);
                    for (int i = 0; i < block; i++) {
                        norm.normalise(
                                x.array(),
                                x.offset() + (row + i) * channels,
                                weight.array(),
                                weight.offset(),
                                bias.array(),
                                bias.offset(),
                                y.array(),
                                y.offset() + (row + i) * channels,
                                scratch.array(),
                                working,
                                i);
                    }
                }
            };
            return () -> pool.parallel(chunks.count(), body);
        });
    }

    Kernel layerNormGradient(Node node, LayerNormGradient op) {
        int channels = Math.toIntExact(node.input("x").type().shape().channels());
        int rows = Math.toIntExact(node.input("x").type().shape().rows());
        LayerNormRows norm = new LayerNormRows(channels, op.epsilon());
        RowChunks chunks = RowChunks.of(rows, 64, 128);
        int sumsFloats = (chunks.count() + 1) * 2 * channels;
        return new CpuKernel(sumsFloats + pool.size() * LayerNormRows.WORKING, b -> {
            CpuBlock dy = CpuKernel.in(b, "dy");
            CpuBlock x = CpuKernel.in(b, "x");
            CpuBlock weight = CpuKernel.in(b, "weight");
            CpuBlock dx = CpuKernel.out(b, 0);
            CpuBlock dweight = CpuKernel.out(b, 1);
            CpuBlock dbias = CpuKernel.out(b, 2);
            CpuBlock scratch = CpuKernel.scratch(b);
            CpuPool.Body body = (chunk, worker) -> {
                int working = scratch.offset() + sumsFloats + worker * LayerNormRows.WORKING;
                int sums = scratch.offset() + chunk * 2 * channels;
                Arrays.fill(scratch.array(), sums, sums + 2 * channels, 0);
                int end = chunks.start(chunk + 1);
                for (int row = chunks.start(chunk); row < end; row += LayerNormRows.BLOCK) {
                    norm.backward(
                            dy.array(),
                            dy.offset() + row * channels,
                            x.array(),
                            x.offset() + row * channels,
                            Math.min(LayerNormRows.BLOCK, end - row),
                            weight.array(),
                            weight.offset(),
                            dx == null ? null : dx.array(),
                            dx == null ? 0 : dx.offset() + row * channels,
                            scratch.array(),
                            sums,
                            scratch.array(),
                            working);
                }
            };
            int total = scratch.offset() + chunks.count() * 2 * channels;
            return () -> {
                pool.parallel(chunks.count(), body);
                ColumnSums.of(scratch.array(), scratch.offset(), chunks.count(), 2 * channels, scratch.array(), total);
                copy(scratch, total, dweight, channels);
                copy(scratch, total + channels, dbias, channels);
            };
        });
    }

    private static void copy(CpuBlock from, int at, CpuBlock to, int count) {
        if (to != null) {
            System.arraycopy(from.array(), at, to.array(), to.offset(), count);
        }
    }
}
