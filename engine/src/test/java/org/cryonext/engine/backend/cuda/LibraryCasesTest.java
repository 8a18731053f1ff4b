package org.cryonext.engine.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.cryonext.engine.backend.Precision;
import org.cryonext.engine.backend.cuda.driver.CudaDriver;
import org.cryonext.engine.backend.cuda.image.KernelImages;
import org.cryonext.engine.backend.cuda.tune.Libraries;
import org.cryonext.engine.backend.cuda.tune.TuningSettings;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.cases.CaseRunner;
import org.cryonext.engine.cases.CaseTolerance;
import org.cryonext.engine.cases.OpCase;
import org.cryonext.engine.cases.OpCases;
import org.cryonext.engine.op.DepthwiseConv;
import org.cryonext.engine.op.DepthwiseConvInputGradient;
import org.cryonext.engine.op.DepthwiseConvWeightGradient;
import org.cryonext.engine.op.Linear;
import org.cryonext.engine.op.LinearInputGradient;
import org.cryonext.engine.op.LinearWeightGradient;
import org.cryonext.engine.op.PatchConv;
import org.cryonext.engine.op.PatchConvInputGradient;
import org.cryonext.engine.op.PatchConvWeightGradient;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every case of the operators that a library computes as well, with each library wherever it can, on a simulated card against
 * the reference, in each element type, twice with the same bits.
 */
class LibraryCasesTest {
    private static final List<Class<?>> OPERATORS = List.of(
            Linear.class,
            LinearInputGradient.class,
            LinearWeightGradient.class,
            PatchConv.class,
            PatchConvInputGradient.class,
            PatchConvWeightGradient.class,
            DepthwiseConv.class,
            DepthwiseConvInputGradient.class,
            DepthwiseConvWeightGradient.class);

    /** A few rows of most cases. */
    private static final long SMALL_PIECE = 256;

    private static final Map<Libraries, CudaBackend> BACKENDS = new EnumMap<>(Libraries.class);
    private static CudaBackend inPieces;

    @BeforeAll
    static void open() {
        SimulatedGpu.loadWithKernels();
        SimulatedGpu.useLibraries();
        CudaDriver driver = CudaDriver.load();
        for (Libraries libraries : List.of(Libraries.CUBLAS, Libraries.CUDNN)) {
            BACKENDS.put(libraries, open(driver, libraries, CublasKernels.pieceBytes(driver.device(0))));
        }
        inPieces = open(driver, Libraries.CUBLAS, SMALL_PIECE);
    }

    private static CudaBackend open(CudaDriver driver, Libraries libraries, long pieceBytes) {
        return new CudaBackend(
                driver.device(0),
                KernelImages.of(driver, Optional.empty()),
                0,
                Precision.F32,
                GemmChoice.bySize(driver.device(0).multiprocessors()),
                new TuningSettings(libraries, false, Optional.empty()),
                Tuner::new,
                pieceBytes);
    }

    @AfterAll
    static void close() {
        BACKENDS.values().forEach(CudaBackend::close);
        inPieces.close();
    }

    static Stream<OpCase> cases() {
        return OpCases.tests().filter(c -> OPERATORS.contains(c.op().getClass()));
    }

    static Stream<OpCase> convolutions() {
        return cases().filter(c -> !c.op().getClass().getSimpleName().startsWith("Linear"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void cublasAgreesWithTheReference(OpCase c) {
        for (DType dtype : List.of(DType.F32, DType.F16, DType.BF16)) {
            agrees(BACKENDS.get(Libraries.CUBLAS), c, dtype, CaseTolerance.of(dtype));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void cublasAgreesWithTheReferenceInSmallPieces(OpCase c) {
        for (DType dtype : List.of(DType.F32, DType.BF16)) {
            agrees(inPieces, c, dtype, CaseTolerance.of(dtype));
        }
    }

    @ParameterizedTest
    @MethodSource("convolutions")
    void cudnnAgreesWithTheReference(OpCase c) {
        for (DType dtype : List.of(DType.F32, DType.F16, DType.BF16)) {
            agrees(BACKENDS.get(Libraries.CUDNN), c, dtype, tolerance(dtype));
        }
    }

    /**
     * In 16 bits cuDNN takes filters of depthwise convolutions rounded to them, and rounds a result before the bias is added:
     * results may be off by one unit in the last place.
     */
    private static double tolerance(DType dtype) {
        return switch (dtype) {
            case F16 -> 0x1p-20;
            case BF16 -> 0x1p-14;
            default -> CaseTolerance.of(dtype);
        };
    }

    private static void agrees(CudaBackend backend, OpCase c, DType dtype, double tolerance) {
        List<Tensor> expected;
        try (ReferenceBackend reference = new ReferenceBackend()) {
            expected = CaseRunner.run(c, reference, CaseTolerance.expected(dtype));
        }
        List<Tensor> actual = CaseRunner.run(c, backend, dtype);
        List<Tensor> again = CaseRunner.run(c, backend, dtype);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(CaseRunner.normalisedSquareError(actual.get(i), expected.get(i)))
                    .as(
                            "%s, output %d, %s with %s",
                            c, i, dtype, backend.choices().values())
                    .isLessThanOrEqualTo(tolerance);
            assertThat(again.get(i).toFloats())
                    .as("%s, output %d, %s again", c, i, dtype)
                    .isEqualTo(actual.get(i).toFloats());
        }
    }
}
