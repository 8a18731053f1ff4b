package org.cryonext.engine.backend.cpu;

import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.op.Activation;
import org.cryonext.engine.op.Grn;
import org.cryonext.engine.op.GrnGradient;
import org.cryonext.engine.tensor.Shape;

/**
 * Global response normalisation and its gradient. Sums over positions are taken in pieces, then put together per
 * sample.
 */
final class GrnKernels {
    private final CpuPool pool;

    GrnKernels(CpuPool pool) {
        this.pool = pool;
    }

    /** Shape of a batch and how each sample's positions are cut. */
    private record Layout(int samples, int positions, int channels, GrnPieces pieces) {
        static Layout of(Shape x) {
            int samples = Math.toIntExact(x.dim(0));
            int positions = Math.toIntExact(x.rows() / samples);
            return new Layout(samples, positions, Math.toIntExact(x.channels()), new GrnPieces(positions));
        }

        int tasks() {
            return samples * pieces.count();
        }

        /** First value of a task's positions. */
        int start(int task) {
            int sample = task / pieces.count();
            return (sample * positions + pieces.start(task % pieces.count())) * channels;
        }

        int size(int task) {
            return pieces.size(task % pieces.count());
        }

        /**
         * Puts a sample's partial sums together, in the place of the first.
         *
         * @return where that is
         */
        int total(float[] partial, int at, int sample) {
            int first = at + sample * pieces.count() * channels;
            GrnFactors.total(partial, first, pieces.count(), channels);
            return first;
        }

        /** Where a task's sample has what was put together. */
        int first(int task) {
            return task / pieces.count() * pieces.count() * channels;
        }
    }

    Kernel grn(Node node, Grn op) {
        Layout layout = Layout.of(node.input("x").type().shape());
        int channels = layout.channels;
        int partialFloats = Math.multiplyExact(layout.tasks(), channels);
        GrnFactors factors = new GrnFactors(channels, op.epsilon());
        return new CpuKernel(partialFloats + pool.size() * LaneSum.ROOM, b -> {
            CpuBlock x = CpuKernel.in(b, "x");
            CpuBlock gamma = CpuKernel.in(b, "gamma");
            CpuBlock beta = CpuKernel.in(b, "beta");
            CpuBlock y = CpuKernel.out(b, 0);
            float[] scratch = CpuKernel.scratch(b).array();
            int squares = CpuKernel.scratch(b).offset();
            int lanes = squares + partialFloats;
            CpuPool.Body sum = (task, worker) -> {
                int at = x.offset() + layout.start(task);
                RowProducts.of(
                        x.array(),
                        at,
                        x.array(),
                        at,
                        layout.size(task),
                        channels,
                        channels,
                        scratch,
                        squares + task * channels);
            };
            CpuPool.Body combine = (sample, worker) -> factors.forward(
                    scratch, layout.total(scratch, squares, sample), gamma, scratch, lanes + worker * LaneSum.ROOM);
            CpuPool.Body apply = (task, worker) -> {
                int factor = squares + layout.first(task);
                int size = layout.size(task);
                int start = layout.start(task);
                for (int p = 0; p < size; p++) {
                    int at = start + p * channels;
                    Pointwise.affine(
                            x.array(),
                            x.offset() + at,
                            scratch,
                            factor,
                            beta.array(),
                            beta.offset(),
                            y.array(),
                            y.offset() + at,
                            channels);
                }
            };
            return () -> {
                pool.parallel(layout.tasks(), sum);
                pool.parallel(layout.samples, combine);
                pool.parallel(layout.tasks(), apply);
            };
        });
    }

    Kernel grnGradient(Node node, GrnGradient op) {
        Layout layout = Layout.of(node.input("x").type().shape());
        int partialFloats = Math.multiplyExact(layout.tasks(), layout.channels);
        int perSample = layout.samples * layout.channels;
        GeluPolynomial derivative = op.activation() == Activation.NONE
                ? null
                : GeluPolynomial.derivativeOf(op.activation() == Activation.GELU_TANH);
        int workerFloats = LaneSum.ROOM + layout.channels;
        return new CpuKernel(3 * partialFloats + 2 * perSample + pool.size() * workerFloats, b -> {
            Backward backward = new Backward(
                    layout,
                    new GrnFactors(layout.channels, op.epsilon()),
                    derivative,
                    CpuKernel.in(b, "dy"),
                    CpuKernel.in(b, "x"),
                    CpuKernel.in(b, "gamma"),
                    CpuKernel.in(b, "affine"),
                    CpuKernel.scratch(b).array(),
                    CpuKernel.scratch(b).offset());
            CpuBlock dx = CpuKernel.out(b, 0);
            CpuBlock dgamma = CpuKernel.out(b, 1);
            CpuBlock dbeta = CpuKernel.out(b, 2);
            CpuPool.Body sum = (task, worker) -> backward.sum(task);
            CpuPool.Body combine = backward::combine;
            CpuPool.Body apply = (task, worker) -> backward.apply(task, worker, dx);
            return () -> {
                pool.parallel(layout.tasks(), sum);
                pool.parallel(layout.samples, combine);
                if (dx != null) {
                    pool.parallel(layout.tasks(), apply);
                }
                backward.store(dgamma, dbeta);
            };
        });
    }

    /** The parts of the gradient. */
    private record Backward(
            Layout layout,
            GrnFactors factors,
            GeluPolynomial derivative,
            CpuBlock dy,
            CpuBlock x,
            CpuBlock gamma,
            CpuBlock affine,
            float[] scratch,
            int squares) {
        private int partial() {
            return layout.tasks() * layout.channels;
        }

        private int products() {
            return squares + partial();
        }

        private int sums() {
            return products() + partial();
        }

        private int byInput() {
            return sums() + partial();
        }

        private int byGamma() {
            return byInput() + layout.samples * layout.channels;
        }

        private int working(int worker) {
            return byGamma() + layout.samples * layout.channels + worker * (LaneSum.ROOM + layout.channels);
        }

        /** Sums of x^2, dy x and dy over a task's positions. */
        void sum(int task) {
            int channels = layout.channels;
            int at = layout.start(task);
            int to = task * channels;
            int size = layout.size(task);
            int xAt = x.offset() + at;
            int dyAt = dy.offset() + at;
            RowProducts.of(x.array(), xAt, x.array(), xAt, size, channels, channels, scratch, squares + to);
            RowProducts.of(dy.array(), dyAt, x.array(), xAt, size, channels, channels, scratch, products() + to);
            ColumnSums.of(dy.array(), dyAt, size, channels, scratch, sums() + to);
        }

        /** The factors of dy and x in a sample's dx, and its part of dgamma. */
        void combine(int sample, int worker) {
            int channels = layout.channels;
            int products = layout.total(scratch, products(), sample);
            factors.backward(
                    scratch,
                    layout.total(scratch, squares, sample),
                    products,
                    byInput() + sample * channels,
                    gamma,
                    scratch,
                    working(worker));
            System.arraycopy(scratch, products, scratch, byGamma() + sample * channels, channels);
        }

        void apply(int task, int worker, CpuBlock dx) {
            int channels = layout.channels;
            int byOutput = squares + layout.first(task);
            int byInput = byInput() + task / layout.pieces.count() * channels;
            int size = layout.size(task);
            int start = layout.start(task);
            int line = working(worker);
            for (int p = 0; p < size; p++) {
                int at = start + p * channels;
                // By way of a line, since dx may lie where affine does.
                Pointwise.twoProducts(
                        dy.array(),
                        dy.offset() + at,
                        scratch,
                        byOutput,
                        x.array(),
                        x.offset() + at,
                        scratch,
                        byInput,
                        derivative == null ? dx.array() : scratch,
                        derivative == null ? dx.offset() + at : line,
                        channels);
                if (derivative != null) {
                    derivative.gradients(
                            scratch,
                            line,
                            affine.array(),
                            affine.offset() + at,
                            dx.array(),
                            dx.offset() + at,
                            channels);
                }
            }
        }

        void store(CpuBlock dgamma, CpuBlock dbeta) {
            if (dgamma != null) {
                ColumnSums.of(scratch, byGamma(), layout.samples, layout.channels, dgamma.array(), dgamma.offset());
            }
            if (dbeta != null) {
                ColumnSums.of(scratch, sums(), layout.tasks(), layout.channels, dbeta.array(), dbeta.offset());
            }
        }
    }
}
