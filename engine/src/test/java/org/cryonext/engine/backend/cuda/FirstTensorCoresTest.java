package org.cryonext.engine.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.cryonext.engine.backend.cuda.driver.Architecture;
import org.cryonext.engine.backend.cuda.driver.CudaDriver;
import org.cryonext.engine.backend.cuda.image.KernelImages;
import org.cryonext.engine.backend.cuda.image.KernelSource;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.cases.CaseRunner;
import org.cryonext.engine.cases.CaseTolerance;
import org.cryonext.engine.cases.OpCase;
import org.cryonext.engine.cases.OpCases;
import org.cryonext.engine.op.Primitive;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every case in F16 on a card with the first tensor cores (T4), whose kernels copy through registers: against the reference, and
 * with every access to shared memory looked at.
 */
class FirstTensorCoresTest {
    private static final Architecture TURING = new Architecture(7, 5);

    private static SimulatedGpu gpu;
    private static CudaBackend backend;
    private static ReferenceBackend reference;

    static Stream<OpCase> cases() {
        return OpCases.tests().filter(c -> !(c.op() instanceof Primitive));
    }

    @BeforeAll
    static void open() {
        gpu = SimulatedGpu.load();
        gpu.set("architecture", Integer.toString(TURING.number()));
        List<String> files = KernelSource.names().stream()
                .filter(name -> !name.endsWith("_bf16") && !name.endsWith("_tf32"))
                .toList();
        System.setProperty(
                KernelImages.PROPERTY,
                SimulatedGpu.images(SimulatedGpu.Check.ACCESSES, files, TURING).toString());
        CudaDriver driver = CudaDriver.load();
        backend = new CudaBackend(driver.device(0), KernelImages.of(driver, Optional.empty()), 0);
        reference = new ReferenceBackend();
    }

    @AfterAll
    static void close() {
        backend.close();
        reference.close();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agreesWithTheReference(OpCase c) {
        if (backend.refuses(c.graph(DType.F16).output("y0").node()).isPresent()) {
            return;
        }
        List<Tensor> wanted = CaseRunner.run(c, reference, CaseTolerance.expected(DType.F16));
        List<Tensor> actual;
        try {
            actual = CaseRunner.run(c, backend, DType.F16);
            backend.synchronize();
        } catch (RuntimeException e) {
            throw new AssertionError(gpu.message(), e);
        }
        for (int i = 0; i < wanted.size(); i++) {
            assertThat(CaseRunner.normalisedSquareError(actual.get(i), wanted.get(i)))
                    .as("result %d of %s", i, c)
                    .isLessThanOrEqualTo(CaseTolerance.of(DType.F16));
        }
    }
}
