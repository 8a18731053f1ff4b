package org.cryonext.engine.backend.cuda;

import static org.cryonext.engine.backend.cuda.CudaKernel.at;
import static org.cryonext.engine.backend.cuda.CudaKernel.in;
import static org.cryonext.engine.backend.cuda.CudaKernel.out;
import static org.cryonext.engine.backend.cuda.CudaKernel.scratch;

import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.backend.cuda.driver.Grid;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.op.LayerNorm;
import org.cryonext.engine.op.LayerNormGradient;
import org.cryonext.engine.tensor.TensorType;

/** Layer normalisation. */
final class LayerNormKernels {
    /** Channels whose sums fit the shared memory that every block may have: two floats each. */
    static final int MOST_CHANNELS = (48 << 10) / 8;

    private static final int MOST_BLOCKS = 1024;

    /** Vectors of a row that a lane holds at most. */
    private static final int MOST_KEPT = 8;

    private final CudaKernels kernels;

    LayerNormKernels(CudaKernels kernels) {
        this.kernels = kernels;
    }

    Kernel layerNorm(LayerNorm op) {
        return new CudaKernel(b -> {
            CudaBlock y = out(b, 0);
            Columns columns = Columns.of(y);
            int blocks = Math.toIntExact(Math.ceilDiv(y.rows(), columns.rows()));
            Grid grid = new Grid(blocks, 1, 1, columns.lanes(), columns.rows(), 1, 0);
            return kernels.step(function(columns)
                    .launch(
                            grid,
                            at(b, "x"),
                            at(b, "weight"),
                            at(b, "bias"),
                            y.address(),
                            y.rows(),
                            y.channels(),
                            (float) op.epsilon()));
        });
    }

    /** Rows that the registers hold are read once. */
    private KernelFunction function(Columns columns) {
        int each = columns.vectorsOfLane();
        return columns.vectors() && each <= MOST_KEPT
                ? kernels.function("layer_norm", "layer_norm_each" + each, columns.dtype())
                : columns.function(kernels, "layer_norm", "layer_norm");
    }

    /** Each row of a block keeps sums of its own, of as many rows as shared memory allows. */
    Kernel layerNormGradient(Node node, LayerNormGradient op) {
        TensorType dy = node.input("dy").type();
        int channels = Math.toIntExact(dy.shape().channels());
        Columns columns = new Columns(dy.dtype(), channels);
        // A warp is the least, so that lanes may add by shuffles.
        int least = 32 / columns.lanes();
        int rows = Math.clamp(MOST_CHANNELS / channels / least * least, least, 128 / columns.lanes());
        int blocks = Math.clamp(Math.ceilDiv(dy.shape().rows(), 4L * rows), 1, MOST_BLOCKS);
        return new CudaKernel(8L * blocks * channels, b -> {
            CudaBlock d = in(b, "dy");
            long dweight = at(b, 1);
            long dbias = at(b, 2);
            boolean sums = dweight != 0 || dbias != 0;
            long partial = sums ? scratch(b, 0) : 0;
            Grid grid = new Grid(blocks, 1, 1, columns.lanes(), rows, 1, 8 * rows * channels);
            Kernel.Step gradient = columns.function(kernels, "layer_norm", "layer_norm_gradient")
                    .launch(
                            grid,
                            d.address(),
                            at(b, "x"),
                            at(b, "weight"),
                            at(b, 0),
                            partial,
                            d.rows(),
                            channels,
                            (float) op.epsilon());
            if (!sums) {
                return kernels.step(gradient);
            }
            return kernels.step(
                    gradient, Columns.sum(kernels, partial, dweight, dbias, blocks, 2L * channels, channels));
        });
    }
}
