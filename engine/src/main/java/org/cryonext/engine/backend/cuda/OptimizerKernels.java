package org.cryonext.engine.backend.cuda;

import static org.cryonext.engine.backend.cuda.CudaKernel.at;
import static org.cryonext.engine.backend.cuda.CudaKernel.scratch;

import java.util.Arrays;
import java.util.List;
import org.cryonext.engine.backend.Bindings;
import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.backend.cuda.driver.Grid;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.AdamW;
import org.cryonext.engine.op.ClipGradientNorm;
import org.cryonext.engine.op.ExponentialMovingAverage;
import org.cryonext.engine.op.UnscaleGradients;

/**
 * What updates the parameters. A kernel works on a table of parts, a block each, which stays on the card: so tensors of any
 * number and size are one launch.
 */
final class OptimizerKernels {
    private static final int THREADS = 256;

    /** Elements of a part. */
    private static final int PART = 4096;

    private final CudaKernels kernels;

    OptimizerKernels(CudaKernels kernels) {
        this.kernels = kernels;
    }

    Kernel adamW(Node node, AdamW op) {
        long size = node.input("parameter").type().shape().size();
        int parts = PartTable.parts(size, PART);
        return new CudaKernel(0, PartTable.bytes(parts, 7), b -> {
            PartTable table = new PartTable(parts, 7);
            table.add(
                    size,
                    PART,
                    new long[] {at(b, "parameter"), at(b, "gradient"), at(b, "m"), at(b, "v")},
                    at(b, "hyper"),
                    at(b, "clip"));
            return step("adam_w", table, b, op.beta1(), 1 - op.beta1(), op.beta2(), 1 - op.beta2(), op.epsilon());
        });
    }

    Kernel average(Node node, ExponentialMovingAverage op) {
        long size = node.input("average").type().shape().size();
        int parts = PartTable.parts(size, PART);
        return new CudaKernel(0, PartTable.bytes(parts, 3), b -> {
            PartTable table = new PartTable(parts, 3);
            table.add(size, PART, new long[] {at(b, "average"), at(b, "value")});
            return step("moving_average", table, b, op.decay(), 1 - op.decay());
        });
    }

    /** All parameters' steps follow each other, so that they become one launch. */
    private Kernel.Step step(String function, PartTable table, Bindings b, double... settings) {
        List<Object> floats =
                Arrays.stream(settings).<Object>mapToObj(x -> (float) x).toList();
        return new TableStep(kernels, new TableStep.Call("adam_w", function, THREADS, floats), table, resident(b));
    }

    Kernel clip(Node node, ClipGradientNorm op) {
        int count = parts(node.inputs());
        return new CudaKernel(4L * count, PartTable.bytes(count, 2), b -> {
            Kernel.Step squares = squares(b, 0, count);
            Kernel.Step clip = kernels.function("gradient_norm", "gradient_clip")
                    .launch(Grid.of(1, THREADS), scratch(b, 0), at(b, 0), at(b, 1), count, (float) op.maxNorm());
            return kernels.step(squares, clip);
        });
    }

    Kernel unscale(Node node, UnscaleGradients op) {
        int count = parts(node.inputs().subList(2, node.inputs().size()));
        return new CudaKernel(4L * count, PartTable.bytes(count, 2), b -> {
            Kernel.Step squares = squares(b, 2, count);
            Kernel.Step unscale = kernels.function("gradient_norm", "gradient_unscale")
                    .launch(
                            Grid.of(1, THREADS),
                            scratch(b, 0),
                            ((CudaBlock) b.in(0)).address(),
                            ((CudaBlock) b.in(1)).address(),
                            at(b, 2),
                            at(b, 3),
                            count,
                            (float) op.maxNorm(),
                            (float) op.growth(),
                            (float) op.backoff(),
                            (float) op.interval());
            return kernels.step(squares, unscale);
        });
    }

    private static int parts(List<Value> gradients) {
        return gradients.stream()
                .mapToInt(gradient -> PartTable.parts(gradient.shape().size(), PART))
                .sum();
    }

    /** Sums of the squares of the parts of all inputs from one on, into scratch memory. */
    private Kernel.Step squares(Bindings b, int first, int count) {
        PartTable table = new PartTable(count, 2);
        for (int i = first; i < b.inputs(); i++) {
            CudaBlock gradient = (CudaBlock) b.in(i);
            table.add(gradient.size(), PART, new long[] {gradient.address()});
        }
        return kernels.function("gradient_norm", "gradient_squares")
                .launch(Grid.of(count, THREADS), table.upload(kernels, resident(b)), scratch(b, 0));
    }

    private static CudaBlock resident(Bindings b) {
        return (CudaBlock) b.resident();
    }
}
