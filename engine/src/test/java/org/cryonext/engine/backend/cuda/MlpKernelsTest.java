package org.cryonext.engine.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.cryonext.engine.backend.cuda.driver.Architecture;
import org.cryonext.engine.backend.cuda.driver.CudaDriver;
import org.cryonext.engine.backend.cuda.image.KernelImages;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.cases.CaseRunner;
import org.cryonext.engine.cases.CaseTolerance;
import org.cryonext.engine.cases.OpCase;
import org.cryonext.engine.cases.OpCases;
import org.cryonext.engine.op.Mlp;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** The fused MLP against the reference, with blocks and lanes in any order; on the first tensor cores its smaller shapes. */
class MlpKernelsTest {
    private static final Architecture TURING = new Architecture(7, 5);
    private static final Architecture AMPERE = new Architecture(8, 0);

    @Test
    void agreesWithTheReferenceInF16() {
        assertThat(run(DType.F16, SimulatedGpu.ARCHITECTURE)).isEqualTo(16);
    }

    @Test
    void agreesWithTheReferenceInBf16() {
        assertThat(run(DType.BF16, SimulatedGpu.ARCHITECTURE)).isEqualTo(16);
    }

    /** The widest rows leave room for fewer hidden columns at a time. */
    @Test
    void agreesWhereSharedMemoryIsLess() {
        assertThat(run(DType.F16, AMPERE)).isEqualTo(16);
    }

    @Test
    void agreesOnTheFirstTensorCoresWhereTheirMemoryHoldsIt() {
        assertThat(run(DType.F16, TURING)).isEqualTo(11);
    }

    /** How many cases were run. */
    private static int run(DType dtype, Architecture architecture) {
        SimulatedGpu gpu = SimulatedGpu.load();
        gpu.set("architecture", Integer.toString(architecture.number()));
        List<String> files = List.of("mlp_" + CudaKernels.suffix(dtype), "grn");
        System.setProperty(
                KernelImages.PROPERTY, SimulatedGpu.images(files, architecture).toString());
        CudaDriver driver = CudaDriver.load();
        int done = 0;
        try (CudaBackend backend = new CudaBackend(driver.device(0), KernelImages.of(driver, Optional.empty()), 0)) {
            for (OpCase c : OpCases.tests().filter(k -> k.op() instanceof Mlp).toList()) {
                if (backend.refuses(c.graph(dtype).output("y0").node()).isPresent()) {
                    continue;
                }
                List<Tensor> wanted = reference(c, dtype);
                for (String order : List.of("forward", "backward", "shuffled")) {
                    gpu.set("order", order);
                    List<Tensor> actual = CaseRunner.run(c, backend, dtype);
                    assertThat(CaseRunner.normalisedSquareError(actual.getFirst(), wanted.getFirst()))
                            .as("%s in %s, %s", c, dtype, order)
                            .isLessThanOrEqualTo(CaseTolerance.of(dtype));
                }
                done++;
            }
        }
        return done;
    }

    private static List<Tensor> reference(OpCase c, DType dtype) {
        try (ReferenceBackend reference = new ReferenceBackend()) {
            return CaseRunner.run(c, reference, CaseTolerance.expected(dtype));
        }
    }
}
