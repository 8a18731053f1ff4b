package org.cryonext.engine.backend.cuda;

import static org.cryonext.engine.backend.cuda.CudaKernel.at;
import static org.cryonext.engine.backend.cuda.CudaKernel.in;
import static org.cryonext.engine.backend.cuda.CudaKernel.scratch;

import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.backend.cuda.driver.Grid;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.op.Grn;
import org.cryonext.engine.op.GrnGradient;
import org.cryonext.engine.tensor.TensorType;

/** Global response normalisation. */
final class GrnKernels {
    private static final int MOST_PARTS = 64;
    private static final int MOST_LAYERS = 65535;

    private final CudaKernels kernels;

    GrnKernels(CudaKernels kernels) {
        this.kernels = kernels;
    }

    /**
     * How the work is cut.
     *
     * @param columns of the grid
     * @param images number of images
     * @param positions of an image
     * @param parts of an image whose sums are taken one by one
     * @param layers of the grid where nothing is summed
     */
    private record Cut(Columns columns, int images, int positions, int parts, int layers) {
        static Cut of(TensorType x) {
            Columns columns = new Columns(x.dtype(), Math.toIntExact(x.shape().channels()));
            int images = Math.toIntExact(x.shape().dim(0));
            int positions = Math.toIntExact(x.shape().rows() / images);
            int parts = columns.blocks(positions, 8, MOST_PARTS);
            return new Cut(columns, images, positions, parts, columns.blocks(positions, 4, MOST_LAYERS));
        }

        /** Values of all images and channels. */
        long values() {
            return (long) images * columns.channels();
        }
    }

    Kernel grn(Node node, Grn op) {
        Cut cut = Cut.of(node.input("x").type());
        Columns columns = cut.columns;
        return new CudaKernel(4 * cut.values() * (cut.parts + 1), b -> {
            CudaBlock x = in(b, "x");
            long ratio = scratch(b, 0);
            long partial = scratch(b, cut.values());
            Kernel.Step squares = columns.function(kernels, "grn", "grn_squares")
                    .launch(
                            columns.grid(cut.images, cut.parts),
                            x.address(),
                            partial,
                            cut.positions,
                            columns.channels());
            Kernel.Step ratios = kernels.function("grn", "grn_ratio")
                    .launch(Grid.of(cut.images, Columns.THREADS), partial, ratio, cut.parts, columns.channels(), (float)
                            op.epsilon());
            Kernel.Step apply = columns.function(kernels, "grn", "grn_apply")
                    .launch(
                            columns.grid(cut.images, cut.layers),
                            x.address(),
                            ratio,
                            at(b, "gamma"),
                            at(b, "beta"),
                            at(b, 0),
                            cut.positions,
                            columns.channels());
            return kernels.step(squares, ratios, apply);
        });
    }

    Kernel grnGradient(Node node, GrnGradient op) {
        Cut cut = Cut.of(node.input("x").type());
        Columns columns = cut.columns;
        return new CudaKernel(4 * cut.values() * (3L * cut.parts + 4), b -> {
            long dy = at(b, "dy");
            long x = at(b, "x");
            long dx = at(b, 0);
            long byY = scratch(b, 0);
            long byX = scratch(b, cut.values());
            long contributions = scratch(b, 2 * cut.values());
            long partial = scratch(b, 4 * cut.values());
            int channels = columns.channels();
            Kernel.Step sums = columns.function(kernels, "grn", "grn_gradient_sums")
                    .launch(columns.grid(cut.images, cut.parts), dy, x, partial, cut.positions, channels);
            Kernel.Step factors = kernels.function("grn", "grn_gradient_factors")
                    .launch(
                            Grid.of(cut.images, Columns.THREADS),
                            partial,
                            at(b, "gamma"),
                            byY,
                            byX,
                            contributions,
                            cut.parts,
                            channels,
                            (float) op.epsilon());
            Kernel.Step parameters =
                    Columns.sum(kernels, contributions, at(b, 1), at(b, 2), cut.images, 2L * channels, channels);
            if (dx == 0) {
                return kernels.step(sums, factors, parameters);
            }
            Kernel.Step gradient = columns.function(kernels, "grn", "grn_gradient")
                    .launch(
                            columns.grid(cut.images, cut.layers),
                            dy,
                            x,
                            byY,
                            byX,
                            at(b, "affine"),
                            dx,
                            cut.positions,
                            channels,
                            GemmKernels.number(op.activation()));
            return kernels.step(sums, factors, parameters, gradient);
        });
    }
}
