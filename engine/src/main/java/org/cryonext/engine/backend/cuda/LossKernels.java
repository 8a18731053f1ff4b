package org.cryonext.engine.backend.cuda;

import static org.cryonext.engine.backend.cuda.CudaKernel.at;
import static org.cryonext.engine.backend.cuda.CudaKernel.in;

import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.backend.cuda.driver.Grid;

/** The loss. A label that is no class makes it NaN: a step does not wait for the card to say so. */
final class LossKernels {
    private static final int SAMPLES = 8;

    private final CudaKernels kernels;

    LossKernels(CudaKernels kernels) {
        this.kernels = kernels;
    }

    Kernel loss(double smoothing, double focus) {
        return new CudaKernel(b -> {
            CudaBlock logits = in(b, "logits");
            return kernels.step(kernels.function("cross_entropy", "cross_entropy", logits.dtype())
                    .launch(
                            Grid.of(1, 1024),
                            logits.address(),
                            at(b, "labels"),
                            at(b, "weights"),
                            at(b, "others"),
                            at(b, "part"),
                            at(b, 0),
                            logits.dim(0),
                            logits.dim(1),
                            (float) smoothing,
                            (float) focus));
        });
    }

    Kernel gradient(double smoothing, double focus) {
        return new CudaKernel(b -> {
            CudaBlock logits = in(b, "logits");
            return kernels.step(kernels.function("cross_entropy", "cross_entropy_gradient", logits.dtype())
                    .launch(
                            Grid.of(Math.ceilDiv(logits.dim(0), SAMPLES), 32 * SAMPLES),
                            at(b, "dloss"),
                            logits.address(),
                            at(b, "labels"),
                            at(b, "weights"),
                            at(b, "others"),
                            at(b, "part"),
                            at(b, 0),
                            logits.dim(0),
                            logits.dim(1),
                            (float) smoothing,
                            (float) focus));
        });
    }
}
