package org.cryonext.engine.backend.cuda;

import static org.cryonext.engine.backend.cuda.CudaKernel.at;
import static org.cryonext.engine.backend.cuda.CudaKernel.scratch;

import java.util.Optional;
import org.cryonext.engine.backend.Bindings;
import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.backend.cuda.driver.Grid;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.op.DepthwiseNorm;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.TensorType;

/** Depthwise convolutions; filters of 7 x 7, ConvNeXt's, have kernels of their own. */
final class DepthwiseKernels {
    private static final int SPECIAL = 7;

    /** Columns of a strip, as depthwise.cu says. */
    private static final int FORWARD_COLUMNS = 7;

    private static final int WEIGHT_COLUMNS = 4;
    private static final int STRIP_THREADS = 128;
    private static final int THREADS = 256;

    /** Enough to fill a large card; a matter of the shape alone, so that every card gives the same sums. */
    private static final int WANTED_THREADS = 1 << 16;

    private static final int MOST_GROUPS = 32;

    /** Channels that a block has threads for, each with the registers of a strip. */
    private static final int MOST_NORM_CHANNELS = 384;

    private static final int WARP = 32;

    /** Shared memory that a block may have without being asked, and what the card keeps of each block's. */
    private static final int PLAIN_BYTES = 48 << 10;

    private static final int RESERVED_BYTES = 1 << 10;

    private final CudaKernels kernels;

    DepthwiseKernels(CudaKernels kernels) {
        this.kernels = kernels;
    }

    /**
     * Images cut into strips of some columns and rows.
     *
     * @param rows of a strip
     * @param across strips side by side
     * @param down strips one below another
     */
    private record Strips(int images, int height, int width, int channels, int rows, int across, int down) {
        /** Whole columns of the image, halved until there is work for all threads or a strip is as low as the filter. */
        static Strips of(TensorType image, int columns) {
            int[] dims = image.shape().toInts();
            int across = Math.ceilDiv(dims[2], columns);
            int rows = dims[1];
            while ((long) dims[0] * across * Math.ceilDiv(dims[1], rows) * dims[3] < WANTED_THREADS && rows > SPECIAL) {
                rows = Math.ceilDiv(rows, 2);
            }
            return new Strips(dims[0], dims[1], dims[2], dims[3], rows, across, Math.ceilDiv(dims[1], rows));
        }

        long count() {
            return (long) images * across * down;
        }
    }

    /**
     * The convolution.
     *
     * @param image name of the input that is convolved
     * @param turned whether the filter is turned by 180 degrees
     */
    Kernel convolution(Node node, String image, int k, boolean turned) {
        TensorType type = node.input(image).type();
        DType dtype = type.dtype();
        return new CudaKernel(b -> {
            long bias = turned ? 0 : at(b, "bias");
            int flag = turned ? 1 : 0;
            if (k == SPECIAL) {
                Strips s = Strips.of(type, FORWARD_COLUMNS);
                // A warp has a strip of as many channels as it has lanes; if rows are no multiples of 16 bytes, each
                // thread its own.
                boolean even = s.channels % (16 / dtype.bytes()) == 0;
                long threads = s.count() * (even ? Math.ceilDiv(s.channels, WARP) * WARP : s.channels);
                return kernels.step(kernels.function("depthwise", even ? "depthwise7" : "depthwise7_odd", dtype)
                        .launch(
                                Grid.of(Math.ceilDiv(threads, STRIP_THREADS), STRIP_THREADS),
                                at(b, image),
                                at(b, "weight"),
                                bias,
                                at(b, 0),
                                s.height,
                                s.width,
                                s.channels,
                                s.rows,
                                s.across,
                                s.down,
                                even ? threads / WARP : threads,
                                flag));
            }
            int[] dims = type.shape().toInts();
            long items = type.shape().size();
            return kernels.step(kernels.function("depthwise", "depthwise_any", dtype)
                    .launch(
                            Grid.of(Math.ceilDiv(items, THREADS), THREADS),
                            at(b, image),
                            at(b, "weight"),
                            bias,
                            at(b, 0),
                            k,
                            dims[1],
                            dims[2],
                            dims[3],
                            items,
                            flag));
        });
    }

    /** Why a convolution and the normalisation behind it cannot be one kernel. */
    Optional<String> refuses(Node node, DepthwiseNorm op) {
        TensorType x = node.input("x").type();
        long channels = x.shape().channels();
        if (op.k() != SPECIAL) {
            return Optional.of("only filters of " + SPECIAL + " x " + SPECIAL + " are normalised in their kernel");
        }
        if (channels > MOST_NORM_CHANNELS) {
            return Optional.of("a block has no threads for its " + channels + " channels");
        }
        return channels % (16 / x.dtype().bytes()) == 0
                ? Optional.empty()
                : Optional.of("its rows are no multiples of 16 bytes");
    }

    /** A block has all channels of a strip, a thread each. */
    Kernel normalised(Node node, DepthwiseNorm op) {
        Strips s = Strips.of(node.input("x").type(), FORWARD_COLUMNS);
        int threads = Math.ceilDiv(s.channels, WARP) * WARP;
        int rowBytes = FORWARD_COLUMNS * s.channels * Float.BYTES;
        int kept = Math.clamp(shareOfBlock(threads) / rowBytes, 1, s.rows);
        return new CudaKernel(b -> kernels.step(kernels.function(
                        "depthwise", "depthwise7_norm", node.input("x").type().dtype())
                .launch(
                        Grid.of(s.count(), threads).withShared(kept * rowBytes),
                        at(b, "x"),
                        at(b, "weight"),
                        at(b, "bias"),
                        at(b, "norm_weight"),
                        at(b, "norm_bias"),
                        at(b, 0),
                        s.height,
                        s.width,
                        s.channels,
                        s.rows,
                        s.across,
                        s.down,
                        kept,
                        (float) op.epsilon())));
    }

    /** Shared memory of a block such that as many fit as registers allow, those of {@link #MOST_NORM_CHANNELS} threads. */
    private int shareOfBlock(int threads) {
        long all = kernels.device().sharedBytesPerMultiprocessor();
        return (int) Math.min(PLAIN_BYTES, all * threads / MOST_NORM_CHANNELS - RESERVED_BYTES);
    }

    Kernel weightGradient(Node node, int k) {
        TensorType type = node.input("x").type();
        Strips s = Strips.of(type, WEIGHT_COLUMNS);
        boolean special = k == SPECIAL;
        int groups =
                special ? (int) Math.clamp(WANTED_THREADS / s.channels, 1, s.count()) : Math.min(s.images, MOST_GROUPS);
        long columns = (k * k + 1L) * s.channels;
        return new CudaKernel(4 * groups * columns, b -> {
            long partial = scratch(b, 0);
            Kernel.Step gradient = special ? strips(s, type.dtype(), groups, b) : any(s, type.dtype(), k, groups, b);
            return kernels.step(
                    gradient, Columns.sum(kernels, partial, at(b, 0), at(b, 1), groups, columns, columns - s.channels));
        });
    }

    private Kernel.Step strips(Strips s, DType dtype, int groups, Bindings b) {
        long threads = (long) groups * s.channels;
        return kernels.function("depthwise", "depthwise7_weight_gradient", dtype)
                .launch(
                        Grid.of(Math.ceilDiv(threads, STRIP_THREADS), STRIP_THREADS),
                        at(b, "dy"),
                        at(b, "x"),
                        scratch(b, 0),
                        s.height,
                        s.width,
                        s.channels,
                        s.rows,
                        s.across,
                        s.down,
                        s.count(),
                        groups);
    }

    private Kernel.Step any(Strips s, DType dtype, int k, int groups, Bindings b) {
        int threads = Math.toIntExact(groups * (k * k + 1L) * s.channels);
        return kernels.function("depthwise", "depthwise_any_weight_gradient", dtype)
                .launch(
                        Grid.of(Math.ceilDiv(threads, THREADS), THREADS),
                        at(b, "dy"),
                        at(b, "x"),
                        scratch(b, 0),
                        k,
                        s.images,
                        s.height,
                        s.width,
                        s.channels,
                        groups);
    }
}
