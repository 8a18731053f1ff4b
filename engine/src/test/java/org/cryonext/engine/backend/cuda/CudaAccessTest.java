package org.cryonext.engine.backend.cuda;

import java.util.Optional;
import java.util.stream.Stream;
import org.cryonext.engine.backend.Precision;
import org.cryonext.engine.backend.cuda.driver.CudaDriver;
import org.cryonext.engine.backend.cuda.image.KernelImages;
import org.cryonext.engine.cases.CaseRunner;
import org.cryonext.engine.cases.OpCase;
import org.cryonext.engine.cases.OpCases;
import org.cryonext.engine.op.Linear;
import org.cryonext.engine.op.LinearInputGradient;
import org.cryonext.engine.op.LinearWeightGradient;
import org.cryonext.engine.op.Mlp;
import org.cryonext.engine.op.PatchConv;
import org.cryonext.engine.op.PatchConvInputGradient;
import org.cryonext.engine.op.PatchConvWeightGradient;
import org.cryonext.engine.op.Primitive;
import org.cryonext.engine.tensor.DType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every case of every operator with kernels that announce each access to memory: no thread reads what nobody has written, and
 * none touches shared memory that another one has touched without a barrier between. What is computed is judged elsewhere.
 */
class CudaAccessTest {
    private static SimulatedGpu gpu;

    @BeforeAll
    static void open() {
        gpu = SimulatedGpu.loadWithKernels(SimulatedGpu.Check.ACCESSES);
    }

    /** A fused MLP keeps nothing for gradients. */
    static Stream<OpCase> cases() {
        return OpCases.tests()
                .filter(c -> !(c.op() instanceof Primitive) && !(c.op() instanceof Mlp mlp && mlp.givesAffine()));
    }

    /** A fused MLP has no kernel in F32. */
    static Stream<OpCase> casesInF32() {
        return cases().filter(c -> !(c.op() instanceof Mlp));
    }

    /** What is multiplied otherwise in TF32. */
    static Stream<OpCase> products() {
        return casesInF32().filter(c -> switch (c.op()) {
            case Linear op -> true;
            case LinearInputGradient op -> true;
            case LinearWeightGradient op -> true;
            case PatchConv op -> true;
            case PatchConvInputGradient op -> true;
            case PatchConvWeightGradient op -> true;
            default -> false;
        });
    }

    @ParameterizedTest
    @MethodSource("casesInF32")
    void inF32(OpCase c) {
        run(c, DType.F32, false);
    }

    @ParameterizedTest
    @MethodSource("products")
    void inTf32(OpCase c) {
        run(c, DType.F32, true);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void inF16(OpCase c) {
        run(c, DType.F16, false);
    }

    private static void run(OpCase c, DType dtype, boolean tf32) {
        gpu.reset();
        CudaDriver driver = CudaDriver.load();
        KernelImages images = KernelImages.of(driver, Optional.empty());
        try (CudaBackend backend = new CudaBackend(
                driver.device(0),
                images,
                0,
                tf32 ? Precision.TF32 : Precision.F32,
                GemmChoice.bySize(driver.device(0).multiprocessors()))) {
            CaseRunner.run(c, backend, dtype);
            backend.synchronize();
        } catch (RuntimeException e) {
            throw new AssertionError(gpu.message(), e);
        }
    }
}
