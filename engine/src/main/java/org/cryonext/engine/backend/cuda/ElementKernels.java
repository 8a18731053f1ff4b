package org.cryonext.engine.backend.cuda;

import static org.cryonext.engine.backend.cuda.CudaKernel.at;
import static org.cryonext.engine.backend.cuda.CudaKernel.in;
import static org.cryonext.engine.backend.cuda.CudaKernel.out;

import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.backend.cuda.driver.Grid;
import org.cryonext.engine.op.DropPath;
import org.cryonext.engine.op.Dropout;
import org.cryonext.engine.op.Fill;
import org.cryonext.engine.tensor.DType;

/** Operators that work element by element, whatever the shape. */
final class ElementKernels {
    private static final int THREADS = 256;

    /** Numbers that {@link org.cryonext.engine.op.CounterRandom#uniform} tells apart. */
    private static final double STEPS = 0x1p24;

    private final CudaKernels kernels;

    ElementKernels(CudaKernels kernels) {
        this.kernels = kernels;
    }

    /** A vector of 16 bytes for each thread. */
    private static Grid grid(CudaBlock block) {
        long vectors = Math.ceilDiv(block.size() * block.dtype().bytes(), 16);
        return Grid.of(Math.ceilDiv(vectors, THREADS), THREADS);
    }

    Kernel gelu(boolean tanh) {
        return new CudaKernel(b -> {
            CudaBlock y = out(b, 0);
            return kernels.step(kernels.function("gelu", tanh ? "gelu_tanh" : "gelu", y.dtype())
                    .launch(grid(y), at(b, "x"), y.address(), y.size()));
        });
    }

    Kernel geluGradient(boolean tanh) {
        return new CudaKernel(b -> {
            CudaBlock dx = out(b, 0);
            return kernels.step(kernels.function("gelu", tanh ? "gelu_tanh_gradient" : "gelu_gradient", dx.dtype())
                    .launch(grid(dx), at(b, "dy"), at(b, "x"), dx.address(), dx.size()));
        });
    }

    Kernel add() {
        return new CudaKernel(b -> {
            CudaBlock y = out(b, 0);
            return kernels.step(kernels.function("elements", "add", y.dtype())
                    .launch(grid(y), at(b, "a"), at(b, "b"), y.address(), y.size()));
        });
    }

    Kernel fill(Fill op) {
        return new CudaKernel(b -> {
            CudaBlock y = out(b, 0);
            return kernels.step(kernels.function("elements", "fill", y.dtype())
                    .launch(grid(y), y.address(), y.size(), (float) op.value()));
        });
    }

    Kernel dropout(Dropout op) {
        return new CudaKernel(b -> {
            CudaBlock y = out(b, 0);
            return kernels.step(kernels.function("dropout", "dropout", y.dtype())
                    .launch(
                            grid(y),
                            at(b, "x"),
                            at(b, "seed"),
                            y.address(),
                            y.size(),
                            op.stream(),
                            limit(op.p()),
                            (float) (1 / (1 - op.p()))));
        });
    }

    Kernel dropPath(DropPath op) {
        return new CudaKernel(b -> {
            CudaBlock keep = out(b, 0);
            return kernels.step(kernels.function("dropout", "drop_path", keep.dtype())
                    .launch(
                            Grid.of(1, THREADS),
                            at(b, "seed"),
                            keep.address(),
                            Math.toIntExact(keep.size()),
                            op.stream(),
                            limit(op.p()),
                            (float) (1 / (1 - op.p()))));
        });
    }

    /** A random number k / 2^24 is below p if k is below this. */
    private static int limit(double p) {
        return (int) Math.ceil(p * STEPS);
    }

    Kernel cast() {
        return new CudaKernel(b -> {
            CudaBlock x = in(b, "x");
            CudaBlock y = out(b, 0);
            DType from = x.dtype();
            if (y.size() == 0) {
                return kernels.step();
            }
            if (from == y.dtype()) {
                return kernels.copy(x.address(), y.address(), x.type().bytes());
            }
            Grid grid = Grid.of(Math.ceilDiv(y.size(), 8L * THREADS), THREADS);
            return kernels.step(kernels.function("cast", "cast_" + CudaKernels.suffix(from), y.dtype())
                    .launch(grid, x.address(), y.address(), y.size()));
        });
    }
}
