package org.cryonext.engine.backend.cpu;

import java.util.Arrays;
import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.op.CounterRandom;
import org.cryonext.engine.op.DropPath;
import org.cryonext.engine.op.Dropout;
import org.cryonext.engine.op.Fill;

/** Operators that work element by element, position by position or sample by sample. */
final class PointwiseKernels {
    /** Elements of a task. */
    static final int PIECE = 16 * 1024;

    private final CpuPool pool;

    PointwiseKernels(CpuPool pool) {
        this.pool = pool;
    }

    /** Works on a range of elements. */
    private interface Range {
        void run(int from, int count);
    }

    private Kernel.Step step(int size, Range range) {
        CpuPool.Body body = (task, worker) -> range.run(task * PIECE, Math.min(PIECE, size - task * PIECE));
        int tasks = Math.ceilDiv(size, PIECE);
        return () -> pool.parallel(tasks, body);
    }

    Kernel add() {
        return new CpuKernel(0, b -> {
            CpuBlock p = CpuKernel.in(b, "a");
            CpuBlock q = CpuKernel.in(b, "b");
            CpuBlock y = CpuKernel.out(b, 0);
            return step(
                    y.size(),
                    (i, n) -> Pointwise.add(
                            p.array(), p.offset() + i, q.array(), q.offset() + i, y.array(), y.offset() + i, n));
        });
    }

    Kernel gelu(boolean tanh) {
        GeluPolynomial gelu = GeluPolynomial.of(tanh);
        return new CpuKernel(0, b -> {
            CpuBlock x = CpuKernel.in(b, "x");
            CpuBlock y = CpuKernel.out(b, 0);
            return step(y.size(), (i, n) -> gelu.values(x.array(), x.offset() + i, y.array(), y.offset() + i, n));
        });
    }

    Kernel geluGradient(boolean tanh) {
        GeluPolynomial derivative = GeluPolynomial.derivativeOf(tanh);
        return new CpuKernel(0, b -> {
            CpuBlock dy = CpuKernel.in(b, "dy");
            CpuBlock x = CpuKernel.in(b, "x");
            CpuBlock dx = CpuKernel.out(b, 0);
            return step(
                    dx.size(),
                    (i, n) -> derivative.gradients(
                            dy.array(), dy.offset() + i, x.array(), x.offset() + i, dx.array(), dx.offset() + i, n));
        });
    }

    Kernel fill(Fill op) {
        return new CpuKernel(0, b -> {
            CpuBlock y = CpuKernel.out(b, 0);
            float value = (float) op.value();
            return step(y.size(), (i, n) -> Arrays.fill(y.array(), y.offset() + i, y.offset() + i + n, value));
        });
    }

    private static long key(CpuBlock seed, int stream) {
        int low = Float.floatToRawIntBits(seed.array()[seed.offset()]);
        int high = Float.floatToRawIntBits(seed.array()[seed.offset() + 1]);
        return CounterRandom.key(CounterRandom.seed(low, high), stream);
    }

    Kernel dropout(Dropout op) {
        float factor = (float) (1 / (1 - op.p()));
        return new CpuKernel(0, b -> {
            CpuBlock x = CpuKernel.in(b, "x");
            CpuBlock seed = CpuKernel.in(b, "seed");
            CpuBlock y = CpuKernel.out(b, 0);
            return step(y.size(), (from, n) -> {
                long key = key(seed, op.stream());
                for (int i = from; i < from + n; i++) {
                    boolean dropped = CounterRandom.uniform(key, i) < op.p();
                    y.array()[y.offset() + i] = dropped ? 0 : x.array()[x.offset() + i] * factor;
                }
            });
        });
    }

    Kernel dropPath(DropPath op) {
        float factor = (float) (1 / (1 - op.p()));
        return new CpuKernel(0, b -> {
            CpuBlock seed = CpuKernel.in(b, "seed");
            CpuBlock keep = CpuKernel.out(b, 0);
            int samples = keep.size();
            return () -> {
                long key = key(seed, op.stream());
                for (int i = 0; i < samples; i++) {
                    keep.array()[keep.offset() + i] = CounterRandom.uniform(key, i) < op.p() ? 0 : factor;
                }
            };
        });
    }

    /** Rows of one sample or less, so that a task has one factor. */
    private static RowChunks pieces(CpuBlock block) {
        int channels = block.channels();
        return RowChunks.of(sampleRows(block), Math.max(1, PIECE / channels), 256);
    }

    private static int sampleRows(CpuBlock block) {
        return block.rows() / block.dim(0);
    }

    /** Works on {@code size} elements of one sample, whose branch counts {@code kept} times. */
    private interface SampleRange {
        void run(int first, int size, float kept);
    }

    private Kernel.Step sampleStep(CpuBlock block, CpuBlock keep, SampleRange range) {
        RowChunks pieces = pieces(block);
        int channels = block.channels();
        int sampleRows = sampleRows(block);
        int tasks = block.dim(0) * pieces.count();
        CpuPool.Body body = (task, worker) -> {
            int sample = task / pieces.count();
            int piece = task % pieces.count();
            int first = (sample * sampleRows + pieces.start(piece)) * channels;
            range.run(first, pieces.size(piece) * channels, kept(keep, sample));
        };
        return () -> pool.parallel(tasks, body);
    }

    private static float kept(CpuBlock keep, int sample) {
        return keep == null ? 1 : keep.array()[keep.offset() + sample];
    }

    Kernel residual() {
        return new CpuKernel(0, b -> {
            CpuBlock x = CpuKernel.in(b, "x");
            CpuBlock branch = CpuKernel.in(b, "branch");
            CpuBlock scale = CpuKernel.in(b, "scale");
            CpuBlock y = CpuKernel.out(b, 0);
            int channels = y.channels();
            return sampleStep(y, CpuKernel.in(b, "keep"), (first, size, kept) -> {
                if (scale == null) {
                    Pointwise.addScaled(
                            x.array(),
                            x.offset() + first,
                            branch.array(),
                            branch.offset() + first,
                            kept,
                            y.array(),
                            y.offset() + first,
                            size);
                    return;
                }
                for (int at = first; at < first + size; at += channels) {
                    Pointwise.addScaled(
                            x.array(),
                            x.offset() + at,
                            branch.array(),
                            branch.offset() + at,
                            scale.array(),
                            scale.offset(),
                            kept,
                            y.array(),
                            y.offset() + at,
                            channels);
                }
            });
        });
    }

    Kernel residualGradient(Node node) {
        int channels = Math.toIntExact(node.input("dy").type().shape().channels());
        int samples = Math.toIntExact(node.input("dy").type().shape().dim(0));
        boolean sums = node.outputs().size() > 1;
        return new CpuKernel(sums ? samples * channels : 0, b -> {
            CpuBlock dy = CpuKernel.in(b, "dy");
            CpuBlock branch = CpuKernel.in(b, "branch");
            CpuBlock keep = CpuKernel.in(b, "keep");
            int sampleRows = sampleRows(dy);
            CpuBlock dscale = sums ? CpuKernel.out(b, 1) : null;
            CpuBlock scratch = CpuKernel.scratch(b);
            Kernel.Step toBranch = toBranch(dy, CpuKernel.in(b, "scale"), keep, CpuKernel.out(b, 0));
            CpuPool.Body toScale = (sample, worker) -> {
                int at = sample * sampleRows * channels;
                int to = scratch.offset() + sample * channels;
                RowProducts.of(
                        dy.array(),
                        dy.offset() + at,
                        branch.array(),
                        branch.offset() + at,
                        sampleRows,
                        channels,
                        channels,
                        scratch.array(),
                        to);
                Pointwise.scale(scratch.array(), to, kept(keep, sample), scratch.array(), to, channels);
            };
            return () -> {
                if (dscale != null) {
                    pool.parallel(samples, toScale);
                    ColumnSums.of(
                            scratch.array(), scratch.offset(), samples, channels, dscale.array(), dscale.offset());
                }
                toBranch.run();
            };
        });
    }

    private Kernel.Step toBranch(CpuBlock dy, CpuBlock scale, CpuBlock keep, CpuBlock dbranch) {
        if (dbranch == null) {
            return () -> {};
        }
        int channels = dy.channels();
        return sampleStep(dy, keep, (first, size, kept) -> {
            if (scale == null) {
                Pointwise.scale(dy.array(), dy.offset() + first, kept, dbranch.array(), dbranch.offset() + first, size);
                return;
            }
            for (int at = first; at < first + size; at += channels) {
                Pointwise.scale(
                        dy.array(),
                        dy.offset() + at,
                        scale.array(),
                        scale.offset(),
                        kept,
                        dbranch.array(),
                        dbranch.offset() + at,
                        channels);
            }
        });
    }

    Kernel pool() {
        return new CpuKernel(0, b -> {
            CpuBlock x = CpuKernel.in(b, "x");
            CpuBlock y = CpuKernel.out(b, 0);
            int channels = x.channels();
            int samples = x.dim(0);
            int positions = sampleRows(x);
            float factor = 1f / positions;
            CpuPool.Body body = (sample, worker) -> {
                int from = x.offset() + sample * positions * channels;
                int to = y.offset() + sample * channels;
                ColumnSums.of(x.array(), from, positions, channels, y.array(), to);
                Pointwise.scale(y.array(), to, factor, y.array(), to, channels);
            };
            return () -> pool.parallel(samples, body);
        });
    }

    Kernel poolGradient() {
        return new CpuKernel(0, b -> {
            CpuBlock dy = CpuKernel.in(b, "dy");
            CpuBlock dx = CpuKernel.out(b, 0);
            int channels = dx.channels();
            int samples = dx.dim(0);
            int positions = sampleRows(dx);
            float factor = 1f / positions;
            CpuPool.Body body = (sample, worker) -> {
                for (int p = 0; p < positions; p++) {
                    int to = dx.offset() + (sample * positions + p) * channels;
                    Pointwise.scale(dy.array(), dy.offset() + sample * channels, factor, dx.array(), to, channels);
                }
            };
            return () -> pool.parallel(samples, body);
        });
    }
}
