package org.cryonext.engine.backend.cuda;

import static org.cryonext.engine.backend.cuda.CudaKernel.at;
import static org.cryonext.engine.backend.cuda.CudaKernel.in;
import static org.cryonext.engine.backend.cuda.CudaKernel.out;
import static org.cryonext.engine.backend.cuda.CudaKernel.scratch;

import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.tensor.TensorType;

/** The end of a block and the pooling at the end of the network. */
final class BlockKernels {
    private static final int MOST_BLOCKS = 512;
    private static final int MOST_ROWS = 1 << 16;

    private final CudaKernels kernels;

    BlockKernels(CudaKernels kernels) {
        this.kernels = kernels;
    }

    Kernel residual() {
        return new CudaKernel(b -> {
            CudaBlock y = out(b, 0);
            Columns columns = Columns.of(y);
            return kernels.step(columns.function(kernels, "residual", "residual")
                    .launch(
                            columns.grid(columns.blocks(y.rows(), 4, MOST_ROWS), 1),
                            at(b, "x"),
                            at(b, "branch"),
                            at(b, "scale"),
                            at(b, "keep"),
                            y.address(),
                            y.rows(),
                            y.positions(),
                            y.channels()));
        });
    }

    Kernel residualGradient(Node node) {
        TensorType dy = node.input("dy").type();
        Columns columns = new Columns(dy.dtype(), Math.toIntExact(dy.shape().channels()));
        boolean sums = node.outputs().size() > 1;
        int blocks = columns.blocks(dy.shape().rows(), sums ? 8 : 4, sums ? MOST_BLOCKS : MOST_ROWS);
        return new CudaKernel(sums ? 4L * blocks * columns.channels() : 0, b -> {
            CudaBlock d = in(b, "dy");
            long dscale = sums ? at(b, 1) : 0;
            long partial = dscale == 0 ? 0 : scratch(b, 0);
            Kernel.Step gradient = columns.function(kernels, "residual", "residual_gradient")
                    .launch(
                            columns.grid(blocks, 1),
                            d.address(),
                            at(b, "branch"),
                            at(b, "scale"),
                            at(b, "keep"),
                            at(b, 0),
                            partial,
                            d.rows(),
                            d.positions(),
                            d.channels());
            if (dscale == 0) {
                return kernels.step(gradient);
            }
            int channels = d.channels();
            return kernels.step(gradient, Columns.sum(kernels, partial, dscale, 0, blocks, channels, channels));
        });
    }

    Kernel pool() {
        return new CudaKernel(b -> {
            CudaBlock x = in(b, "x");
            Columns columns = Columns.of(x);
            return kernels.step(columns.function(kernels, "pool", "pool")
                    .launch(columns.grid(x.dim(0), 1), x.address(), at(b, 0), x.positions(), x.channels()));
        });
    }

    Kernel poolGradient() {
        return new CudaKernel(b -> {
            CudaBlock dx = out(b, 0);
            Columns columns = Columns.of(dx);
            return kernels.step(columns.function(kernels, "pool", "pool_gradient")
                    .launch(columns.grid(dx.dim(0), 1), at(b, "dy"), dx.address(), dx.positions(), dx.channels()));
        });
    }
}
