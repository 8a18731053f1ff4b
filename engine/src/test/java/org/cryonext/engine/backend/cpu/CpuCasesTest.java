package org.cryonext.engine.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.cases.CaseRunner;
import org.cryonext.engine.cases.OpCase;
import org.cryonext.engine.cases.OpCases;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operator's cases against the reference backend, on several numbers of threads. */
class CpuCasesTest {
    static Stream<OpCase> cases() {
        return OpCases.tests();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agreesWithTheReference(OpCase c) {
        List<Tensor> expected;
        try (ReferenceBackend reference = new ReferenceBackend()) {
            expected = CaseRunner.run(c, reference, DType.F64);
        }
        List<Tensor> first = null;
        for (int threads : new int[] {1, 2, 3}) {
            List<Tensor> actual;
            try (CpuBackend cpu = new CpuBackend(threads)) {
                actual = CaseRunner.run(c, cpu, DType.F32);
            }
            first = first == null ? actual : first;
            for (int i = 0; i < expected.size(); i++) {
                assertThat(CaseRunner.normalisedSquareError(actual.get(i), expected.get(i)))
                        .as("error of output %d", i)
                        .isLessThanOrEqualTo(1e-11);
                assertThat(actual.get(i).toFloats())
                        .as("output %d on %d threads", i, threads)
                        .isEqualTo(first.get(i).toFloats());
            }
        }
    }
}
