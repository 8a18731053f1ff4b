package org.cryonext.engine.backend.cuda;

import static org.cryonext.engine.backend.cuda.CudaKernel.at;
import static org.cryonext.engine.backend.cuda.CudaKernel.scratch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.cryonext.engine.backend.Bindings;
import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.backend.Usage;
import org.cryonext.engine.backend.cuda.driver.Convolution;
import org.cryonext.engine.backend.cuda.driver.ConvolutionShape;
import org.cryonext.engine.backend.cuda.driver.ConvolutionShape.Way;
import org.cryonext.engine.backend.cuda.driver.CudaException;
import org.cryonext.engine.backend.cuda.driver.Cudnn;
import org.cryonext.engine.backend.cuda.driver.Grid;
import org.cryonext.engine.backend.cuda.driver.LibraryCall;
import org.cryonext.engine.backend.cuda.driver.Workspace;
import org.cryonext.engine.backend.cuda.tune.Candidate;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.op.DepthwiseConv;
import org.cryonext.engine.op.DepthwiseConvInputGradient;
import org.cryonext.engine.op.DepthwiseConvWeightGradient;
import org.cryonext.engine.op.PatchConv;
import org.cryonext.engine.op.PatchConvInputGradient;
import org.cryonext.engine.op.PatchConvWeightGradient;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;

/**
 * Convolutions by cuDNN, one kernel for each of its algorithms that gives the same bits in every run. Small kernels of this
 * program add the bias, and turn depthwise filters, which lie here with their channels last, to and from cuDNN's order.
 *
 * <p>Gradients of filters only in F32: of 16-bit images cuDNN leaves them in 16 bits, and here they are F32.
 */
final class CudnnKernels {
    /** More is not worth it: the planned memory of a program has room for the largest of its kernels. */
    private static final long MOST_WORKSPACE = 256L << 20;

    private static final int THREADS = 256;
    private static final int ROWS_EACH = 4;
    private static final int MOST_BLOCKS = 1 << 16;

    private final CardKernels kernels;
    private final GemmKernels gemms;
    private final Cudnn cudnn;
    private final boolean tf32;
    private final Map<ConvolutionShape, Offer> offers = new HashMap<>();

    private final List<String> refusals = new ArrayList<>();
    private final boolean required;

    /** @param required whether cuDNN has to be used wherever it can */
    CudnnKernels(CardKernels kernels, GemmKernels gemms, Cudnn cudnn, boolean tf32, boolean required) {
        this.required = required;
        this.kernels = kernels;
        this.gemms = gemms;
        this.cudnn = cudnn;
        this.tf32 = tf32;
    }

    /**
     * A convolution and its algorithms; none where cuDNN has none.
     *
     * @param convolution null where there are no algorithms
     */
    private record Offer(Convolution convolution, List<Convolution.Algorithm> algorithms) {}

    /** The kernels of a node, the one that cuDNN takes for the fastest first; none if it has nothing to do with it. */
    List<Candidate> candidates(Node node, Usage usage) {
        return switch (node.op()) {
            case PatchConv op -> {
                ConvolutionShape shape =
                        patches(Way.FORWARD, node.input("x").type().shape(), node, op.k());
                yield all(shape, (offer, algorithm) -> forward(node, offer, algorithm, 0));
            }
            case PatchConvInputGradient op -> {
                ConvolutionShape shape =
                        patches(Way.IMAGE_GRADIENT, node.outputs().getFirst().shape(), node, op.k());
                yield all(shape, (offer, algorithm) -> imageGradient(node, offer, algorithm, 0));
            }
            case PatchConvWeightGradient op
            when isFilterGradient(node, usage) -> {
                ConvolutionShape shape =
                        patches(Way.FILTER_GRADIENT, node.input("x").type().shape(), node, op.k());
                yield all(shape, (offer, algorithm) -> filterGradient(node, usage, offer, algorithm, 0));
            }
            case DepthwiseConv op -> {
                ConvolutionShape shape = depthwise(Way.FORWARD, node, op.k());
                yield all(shape, (offer, algorithm) -> forward(node, offer, algorithm, op.k() * op.k()));
            }
            case DepthwiseConvInputGradient op -> {
                ConvolutionShape shape = depthwise(Way.IMAGE_GRADIENT, node, op.k());
                yield all(shape, (offer, algorithm) -> imageGradient(node, offer, algorithm, op.k() * op.k()));
            }
            case DepthwiseConvWeightGradient op
            when isFilterGradient(node, usage) -> {
                ConvolutionShape shape = depthwise(Way.FILTER_GRADIENT, node, op.k());
                yield all(shape, (offer, algorithm) -> filterGradient(node, usage, offer, algorithm, op.k() * op.k()));
            }
            default -> List.of();
        };
    }

    private static boolean isFilterGradient(Node node, Usage usage) {
        return usage.reads(node, 0) && node.input("dy").type().dtype() == DType.F32;
    }

    @FunctionalInterface
    private interface Maker {
        Kernel of(Offer offer, Convolution.Algorithm algorithm);
    }

    private List<Candidate> all(ConvolutionShape shape, Maker maker) {
        Offer offer = offers.computeIfAbsent(shape, this::offer);
        return offer.algorithms.stream()
                .map(algorithm -> new Candidate(
                        LibraryKernels.CUDNN + cudnn.version() + " " + algorithm.name(), maker.of(offer, algorithm)))
                .toList();
    }

    /** An error is thrown only where cuDNN has to be used: else there are other kernels. */
    private Offer offer(ConvolutionShape shape) {
        Convolution convolution = null;
        try {
            convolution = cudnn.convolution(shape);
            List<Convolution.Algorithm> algorithms = convolution.algorithms(MOST_WORKSPACE);
            if (!algorithms.isEmpty()) {
                return new Offer(convolution, algorithms);
            }
        } catch (CudaException e) {
            if (!e.error().contains("NOT_SUPPORTED")) {
                if (required) {
                    throw e;
                }
                refusals.add(e.getMessage());
            }
        }
        if (convolution != null) {
            convolution.close();
        }
        return new Offer(null, List.of());
    }

    /** Errors of cuDNN where it was asked for its algorithms. */
    List<String> refusals() {
        return List.copyOf(refusals);
    }

    private ConvolutionShape patches(Way way, Shape images, Node node, int k) {
        boolean forward = way == Way.FORWARD;
        long filters = forward
                ? node.input("weight").type().shape().dim(0)
                : node.input("dy").type().shape().channels();
        int[] dims = images.toInts();
        DType dtype = node.input(forward ? "x" : "dy").type().dtype();
        return new ConvolutionShape(
                way, dims[0], dims[1], dims[2], dims[3], Math.toIntExact(filters), k, k, 0, 1, dtype, isTf32(dtype));
    }

    private ConvolutionShape depthwise(Way way, Node node, int k) {
        String image = way == Way.FORWARD ? "x" : "dy";
        int[] dims = node.input(image).type().shape().toInts();
        DType dtype = node.input(image).type().dtype();
        return new ConvolutionShape(
                way, dims[0], dims[1], dims[2], dims[3], dims[3], k, 1, (k - 1) / 2, dims[3], dtype, isTf32(dtype));
    }

    private boolean isTf32(DType dtype) {
        return tf32 && dtype == DType.F32;
    }

    /**
     * Working memory: cuDNN's own, then filters in its order.
     *
     * @param workspace bytes
     * @param filters bytes
     */
    private record Memory(long workspace, long filters) {
        static Memory of(Convolution.Algorithm algorithm, long filters) {
            long step = Workspace.ALIGNMENT;
            return new Memory(Math.ceilDiv(algorithm.workspaceBytes(), step) * step, filters);
        }

        long bytes() {
            return Workspace.padded(workspace + filters);
        }

        Workspace workspace(Bindings b) {
            return Workspace.within(scratch(b, 0), workspace);
        }

        long filtersAt(Bindings b) {
            return workspace(b).address() + workspace;
        }
    }

    /** @param taps values of a channel's filter; 0 for filters that lie as cuDNN reads them */
    private Kernel forward(Node node, Offer offer, Convolution.Algorithm algorithm, int taps) {
        DType dtype = node.input("x").type().dtype();
        int channels = Math.toIntExact(node.outputs().getFirst().shape().channels());
        long rows = node.outputs().getFirst().shape().rows();
        Memory memory = Memory.of(algorithm, (long) taps * channels * dtype.bytes());
        return new CudaKernel(memory.bytes(), b -> {
            Kernel.Step turn = taps == 0 ? null : turned(b, memory, dtype, taps, channels);
            long filters = taps == 0 ? at(b, "weight") : memory.filtersAt(b);
            LibraryCall call =
                    offer.convolution.call(algorithm, at(b, "x"), filters, at(b, 0), false, memory.workspace(b));
            Kernel.Step bias = at(b, "bias") == 0 ? null : bias(b, new Columns(dtype, channels), rows);
            return step(turn, call, bias);
        });
    }

    private Kernel imageGradient(Node node, Offer offer, Convolution.Algorithm algorithm, int taps) {
        DType dtype = node.input("dy").type().dtype();
        int channels = Math.toIntExact(node.outputs().getFirst().shape().channels());
        Memory memory = Memory.of(algorithm, (long) taps * channels * dtype.bytes());
        return new CudaKernel(memory.bytes(), b -> {
            Kernel.Step turn = taps == 0 ? null : turned(b, memory, dtype, taps, channels);
            long filters = taps == 0 ? at(b, "weight") : memory.filtersAt(b);
            LibraryCall call =
                    offer.convolution.call(algorithm, at(b, "dy"), filters, at(b, 0), false, memory.workspace(b));
            return step(turn, call, null);
        });
    }

    private Kernel filterGradient(Node node, Usage usage, Offer offer, Convolution.Algorithm algorithm, int taps) {
        int channels = Math.toIntExact(node.input("x").type().shape().channels());
        Memory memory = Memory.of(algorithm, (long) taps * channels * Float.BYTES);
        Kernel weight = new CudaKernel(memory.bytes(), b -> {
            long filters = taps == 0 ? at(b, 0) : memory.filtersAt(b);
            LibraryCall call =
                    offer.convolution.call(algorithm, at(b, "dy"), at(b, "x"), filters, false, memory.workspace(b));
            Kernel.Step turn = taps == 0
                    ? null
                    : kernels.function("library_convolution", "filters_out")
                            .launch(filterGrid(taps, channels), filters, at(b, 0), taps, channels);
            return step(null, call, turn);
        });
        return gemms.withBiasGradient(weight, node, usage);
    }

    private Kernel.Step turned(Bindings b, Memory memory, DType dtype, int taps, int channels) {
        return kernels.function("library_convolution", "filters_in", dtype)
                .launch(filterGrid(taps, channels), at(b, "weight"), memory.filtersAt(b), taps, channels);
    }

    private static Grid filterGrid(int taps, int channels) {
        return Grid.of(Math.ceilDiv(taps * channels, THREADS), THREADS);
    }

    private Kernel.Step bias(Bindings b, Columns columns, long rows) {
        return columns.function(kernels, "library_convolution", "add_bias")
                .launch(
                        columns.grid(columns.blocks(rows, ROWS_EACH, MOST_BLOCKS), 1),
                        at(b, 0),
                        at(b, "bias"),
                        rows,
                        columns.channels());
    }

    /** @param before null for nothing, as after */
    private Kernel.Step step(Kernel.Step before, LibraryCall call, Kernel.Step after) {
        return () -> {
            if (before != null) {
                before.run();
            }
            call.run();
            if (after != null) {
                after.run();
            }
        };
    }
}
