package org.cryonext.engine.backend.cuda.driver;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntSupplier;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnConvolutionBwdDataAlgo;
import jcuda.jcudnn.cudnnConvolutionBwdDataAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionBwdFilterAlgo;
import jcuda.jcudnn.cudnnConvolutionBwdFilterAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnConvolutionFwdAlgo;
import jcuda.jcudnn.cudnnConvolutionFwdAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionMode;
import jcuda.jcudnn.cudnnDataType;
import jcuda.jcudnn.cudnnDeterminism;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnMathType;
import jcuda.jcudnn.cudnnTensorDescriptor;
import jcuda.jcudnn.cudnnTensorFormat;
import org.cryonext.engine.tensor.DType;

/** A convolution as cuDNN describes it, with the algorithms that it has for it. */
public final class Convolution extends Handle {
    private static final int SUCCESS = 0;
    private static final String COMMON = "CUDNN_CONVOLUTION_(FWD|BWD_DATA|BWD_FILTER)_";

    private final Cudnn cudnn;
    private final ConvolutionShape shape;
    private final cudnnTensorDescriptor image = new cudnnTensorDescriptor();
    private final cudnnTensorDescriptor result = new cudnnTensorDescriptor();
    private final cudnnFilterDescriptor filter = new cudnnFilterDescriptor();
    private final cudnnConvolutionDescriptor descriptor = new cudnnConvolutionDescriptor();
    private final List<Runnable> undo = new ArrayList<>();

    Convolution(Cudnn cudnn, ConvolutionShape shape) {
        super(cudnn.context());
        this.cudnn = cudnn;
        this.shape = shape;
        context().enter();
        try {
            describe();
        } catch (RuntimeException e) {
            release();
            throw e;
        }
        opened();
    }

    /**
     * A way in which cuDNN computes it that gives the same bits every time.
     *
     * @param name cuDNN's, without what is common to all; no two of a convolution have the same
     * @param number cuDNN's
     * @param math its kind of arithmetic
     * @param workspaceBytes memory that it works in
     */
    public record Algorithm(String name, int number, int math, long workspaceBytes) {}

    private void describe() {
        Cudnn.check(JCudnn.cudnnCreateTensorDescriptor(image), "cudnnCreateTensorDescriptor", shape);
        undo.add(() -> JCudnn.cudnnDestroyTensorDescriptor(image));
        Cudnn.check(JCudnn.cudnnCreateTensorDescriptor(result), "cudnnCreateTensorDescriptor", shape);
        undo.add(() -> JCudnn.cudnnDestroyTensorDescriptor(result));
        Cudnn.check(JCudnn.cudnnCreateFilterDescriptor(filter), "cudnnCreateFilterDescriptor", shape);
        undo.add(() -> JCudnn.cudnnDestroyFilterDescriptor(filter));
        Cudnn.check(JCudnn.cudnnCreateConvolutionDescriptor(descriptor), "cudnnCreateConvolutionDescriptor", shape);
        undo.add(() -> JCudnn.cudnnDestroyConvolutionDescriptor(descriptor));
        int last = cudnnTensorFormat.CUDNN_TENSOR_NHWC;
        int type = type(shape.dtype());
        Cudnn.check(
                JCudnn.cudnnSetTensor4dDescriptor(
                        image, last, type, shape.images(), shape.channels(), shape.height(), shape.width()),
                "cudnnSetTensor4dDescriptor",
                shape);
        Cudnn.check(
                JCudnn.cudnnSetTensor4dDescriptor(
                        result, last, type, shape.images(), shape.filters(), shape.rows(), shape.columns()),
                "cudnnSetTensor4dDescriptor",
                shape);
        Cudnn.check(
                JCudnn.cudnnSetFilter4dDescriptor(
                        filter, type, last, shape.filters(), shape.channels() / shape.groups(), shape.k(), shape.k()),
                "cudnnSetFilter4dDescriptor",
                shape);
        Cudnn.check(
                JCudnn.cudnnSetConvolution2dDescriptor(
                        descriptor,
                        shape.padding(),
                        shape.padding(),
                        shape.stride(),
                        shape.stride(),
                        1,
                        1,
                        cudnnConvolutionMode.CUDNN_CROSS_CORRELATION,
                        cudnnDataType.CUDNN_DATA_FLOAT),
                "cudnnSetConvolution2dDescriptor",
                shape);
        Cudnn.check(
                JCudnn.cudnnSetConvolutionGroupCount(descriptor, shape.groups()),
                "cudnnSetConvolutionGroupCount",
                shape);
        setMath(plain() ? cudnnMathType.CUDNN_FMA_MATH : cudnnMathType.CUDNN_TENSOR_OP_MATH);
    }

    /** F32 without tensor cores: cuDNN would round the factors to TF32 by default. */
    private boolean plain() {
        return shape.dtype() == DType.F32 && !shape.tf32();
    }

    private void setMath(int math) {
        Cudnn.check(JCudnn.cudnnSetConvolutionMathType(descriptor, math), "cudnnSetConvolutionMathType", shape);
    }

    private static int type(DType dtype) {
        return switch (dtype) {
            case F32 -> cudnnDataType.CUDNN_DATA_FLOAT;
            case F16 -> cudnnDataType.CUDNN_DATA_HALF;
            case BF16 -> cudnnDataType.CUDNN_DATA_BFLOAT16;
            default -> throw new IllegalArgumentException("cuDNN has no convolutions of " + dtype + " here");
        };
    }

    /**
     * Those that cuDNN has for the shape, the one that it takes for the fastest first: only such as give the same bits in
     * every run, and work in so much memory.
     */
    public List<Algorithm> algorithms(long mostWorkspaceBytes) {
        requireOpen();
        context().enter();
        List<Algorithm> all = switch (shape.way()) {
            case FORWARD -> forward();
            case IMAGE_GRADIENT -> imageGradient();
            case FILTER_GRADIENT -> filterGradient();
        };
        // cuDNN offers an algorithm once for each kind of arithmetic, which JCuda does not tell apart.
        Set<String> names = new HashSet<>();
        return all.stream()
                .filter(algorithm -> algorithm.workspaceBytes <= mostWorkspaceBytes)
                .filter(algorithm -> names.add(algorithm.name))
                .toList();
    }

    private List<Algorithm> forward() {
        int[] count = new int[1];
        cudnnConvolutionFwdAlgoPerf[] found =
                new cudnnConvolutionFwdAlgoPerf[cudnnConvolutionFwdAlgo.CUDNN_CONVOLUTION_FWD_ALGO_COUNT];
        offered(
                () -> JCudnn.cudnnGetConvolutionForwardAlgorithm_v7(
                        cudnn.handle(), image, filter, descriptor, result, found.length, count, found),
                "cudnnGetConvolutionForwardAlgorithm_v7");
        List<Algorithm> usable = new ArrayList<>();
        for (int i = 0; i < count[0]; i++) {
            if (isUsable(found[i].status, found[i].determinism, found[i].mathType)) {
                setMath(math(found[i].mathType));
                long[] bytes = new long[1];
                int status = JCudnn.cudnnGetConvolutionForwardWorkspaceSize(
                        cudnn.handle(), image, filter, descriptor, result, found[i].algo, bytes);
                usable(
                                status,
                                cudnnConvolutionFwdAlgo.stringFor(found[i].algo),
                                found[i].algo,
                                found[i].mathType,
                                bytes)
                        .ifPresent(usable::add);
            }
        }
        return usable;
    }

    private List<Algorithm> imageGradient() {
        int[] count = new int[1];
        cudnnConvolutionBwdDataAlgoPerf[] found =
                new cudnnConvolutionBwdDataAlgoPerf[cudnnConvolutionBwdDataAlgo.CUDNN_CONVOLUTION_BWD_DATA_ALGO_COUNT];
        offered(
                () -> JCudnn.cudnnGetConvolutionBackwardDataAlgorithm_v7(
                        cudnn.handle(), filter, result, descriptor, image, found.length, count, found),
                "cudnnGetConvolutionBackwardDataAlgorithm_v7");
        List<Algorithm> usable = new ArrayList<>();
        for (int i = 0; i < count[0]; i++) {
            if (isUsable(found[i].status, found[i].determinism, found[i].mathType)) {
                setMath(math(found[i].mathType));
                long[] bytes = new long[1];
                int status = JCudnn.cudnnGetConvolutionBackwardDataWorkspaceSize(
                        cudnn.handle(), filter, result, descriptor, image, found[i].algo, bytes);
                usable(
                                status,
                                cudnnConvolutionBwdDataAlgo.stringFor(found[i].algo),
                                found[i].algo,
                                found[i].mathType,
                                bytes)
                        .ifPresent(usable::add);
            }
        }
        return usable;
    }

    private List<Algorithm> filterGradient() {
        int[] count = new int[1];
        cudnnConvolutionBwdFilterAlgoPerf[] found = new cudnnConvolutionBwdFilterAlgoPerf
                [cudnnConvolutionBwdFilterAlgo.CUDNN_CONVOLUTION_BWD_FILTER_ALGO_COUNT];
        offered(
                () -> JCudnn.cudnnGetConvolutionBackwardFilterAlgorithm_v7(
                        cudnn.handle(), image, result, descriptor, filter, found.length, count, found),
                "cudnnGetConvolutionBackwardFilterAlgorithm_v7");
        List<Algorithm> usable = new ArrayList<>();
        for (int i = 0; i < count[0]; i++) {
            if (isUsable(found[i].status, found[i].determinism, found[i].mathType)) {
                setMath(math(found[i].mathType));
                long[] bytes = new long[1];
                int status = JCudnn.cudnnGetConvolutionBackwardFilterWorkspaceSize(
                        cudnn.handle(), image, result, descriptor, filter, found[i].algo, bytes);
                usable(
                                status,
                                cudnnConvolutionBwdFilterAlgo.stringFor(found[i].algo),
                                found[i].algo,
                                found[i].mathType,
                                bytes)
                        .ifPresent(usable::add);
            }
        }
        return usable;
    }

    /** Asks for algorithms. A call that fails need not write their count, and JCudnn reads as many all the same. */
    private void offered(IntSupplier call, String name) {
        int status;
        try {
            status = call.getAsInt();
        } catch (ArrayIndexOutOfBoundsException e) {
            throw new CudaException(
                    "CUDNN_STATUS_INTERNAL_ERROR",
                    name + " failed with an error that JCudnn does not hand on: " + shape);
        }
        Cudnn.check(status, name, shape);
    }

    private boolean isUsable(int status, int determinism, int math) {
        boolean exact = plain()
                ? math == cudnnMathType.CUDNN_FMA_MATH || math == cudnnMathType.CUDNN_DEFAULT_MATH
                : math != cudnnMathType.CUDNN_TENSOR_OP_MATH_ALLOW_CONVERSION;
        return status == SUCCESS && determinism == cudnnDeterminism.CUDNN_DETERMINISTIC && exact;
    }

    /** What the descriptor is set to for an algorithm of this kind of arithmetic. */
    private int math(int offered) {
        return plain() ? cudnnMathType.CUDNN_FMA_MATH : offered;
    }

    private Optional<Algorithm> usable(int status, String name, int number, int math, long[] bytes) {
        if (status != SUCCESS) {
            return Optional.empty();
        }
        String plainName = name.replaceFirst(COMMON, "").toLowerCase(Locale.ROOT);
        boolean tensorCores = math == cudnnMathType.CUDNN_TENSOR_OP_MATH;
        return Optional.of(
                new Algorithm(plainName + (tensorCores ? " on tensor cores" : ""), number, math(math), bytes[0]));
    }

    /**
     * The call that computes it.
     *
     * @param first images, or the results' gradient
     * @param second filters, or images where the filters' gradient is wanted
     * @param out what is computed
     * @param adding whether out keeps what it holds and the result is added to it
     * @param workspace of the algorithm's size at least
     */
    public LibraryCall call(
            Algorithm algorithm, long first, long second, long out, boolean adding, Workspace workspace) {
        DeviceAddress firstAddress = new DeviceAddress(first);
        DeviceAddress secondAddress = new DeviceAddress(second);
        DeviceAddress outAddress = new DeviceAddress(out);
        DeviceAddress workspaceAddress = new DeviceAddress(workspace.address());
        HostAddress before = adding ? Factors.ONE : Factors.ZERO;
        return () -> {
            requireOpen();
            context().enter();
            setMath(algorithm.math);
            switch (shape.way()) {
                case FORWARD ->
                    Cudnn.check(
                            JCudnn.cudnnConvolutionForward(
                                    cudnn.handle(),
                                    Factors.ONE,
                                    image,
                                    firstAddress,
                                    filter,
                                    secondAddress,
                                    descriptor,
                                    algorithm.number,
                                    workspaceAddress,
                                    workspace.bytes(),
                                    before,
                                    result,
                                    outAddress),
                            "cudnnConvolutionForward",
                            shape);
                case IMAGE_GRADIENT ->
                    Cudnn.check(
                            JCudnn.cudnnConvolutionBackwardData(
                                    cudnn.handle(),
                                    Factors.ONE,
                                    filter,
                                    secondAddress,
                                    result,
                                    firstAddress,
                                    descriptor,
                                    algorithm.number,
                                    workspaceAddress,
                                    workspace.bytes(),
                                    before,
                                    image,
                                    outAddress),
                            "cudnnConvolutionBackwardData",
                            shape);
                case FILTER_GRADIENT ->
                    Cudnn.check(
                            JCudnn.cudnnConvolutionBackwardFilter(
                                    cudnn.handle(),
                                    Factors.ONE,
                                    image,
                                    secondAddress,
                                    result,
                                    firstAddress,
                                    descriptor,
                                    algorithm.number,
                                    workspaceAddress,
                                    workspace.bytes(),
                                    before,
                                    filter,
                                    outAddress),
                            "cudnnConvolutionBackwardFilter",
                            shape);
            }
        };
    }

    @Override
    void release() {
        undo.reversed().forEach(Runnable::run);
        undo.clear();
    }
}
