package org.cryonext.engine.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.cases.CaseRunner;
import org.cryonext.engine.cases.OpCase;
import org.cryonext.engine.cases.OpCases;
import org.cryonext.engine.op.Activation;
import org.cryonext.engine.op.DepthwiseNorm;
import org.cryonext.engine.op.LinearInputGradient;
import org.cryonext.engine.op.Op;
import org.cryonext.engine.op.Primitive;
import org.cryonext.engine.plan.Plan;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every case of every operator against the reference, and the same bits with any number of threads; of the primitives,
 * which have no kernel here, and of what is computed in parts, that they are refused.
 */
class CpuCasesTest {
    private static final double TOLERANCE = 1e-11;

    private static CpuBackend one;
    private static CpuBackend two;
    private static CpuBackend five;

    @BeforeAll
    static void open() {
        one = new CpuBackend(1);
        two = new CpuBackend(2);
        five = new CpuBackend(5);
    }

    @AfterAll
    static void close() {
        one.close();
        two.close();
        five.close();
    }

    static Stream<OpCase> cases() {
        return OpCases.tests().filter(c -> !(c.op() instanceof Primitive) && !isInParts(c.op()));
    }

    private static boolean isInParts(Op op) {
        return op instanceof DepthwiseNorm
                || op instanceof LinearInputGradient gradient && gradient.activation() != Activation.NONE;
    }

    static Stream<OpCase> inParts() {
        return OpCases.tests().filter(c -> isInParts(c.op()));
    }

    @ParameterizedTest
    @MethodSource("inParts")
    void whatHasToComeInPartsIsRefused(OpCase c) {
        assertThatThrownBy(() -> Plan.of(c.graph(DType.F32), one))
                .hasMessageContaining("its parts are computed one by one here");
    }

    static Stream<OpCase> primitives() {
        return OpCases.tests().filter(c -> c.op() instanceof Primitive);
    }

    @ParameterizedTest
    @MethodSource("primitives")
    void primitivesAreRefusedByName(OpCase c) {
        assertThatThrownBy(() -> Plan.of(c.graph(DType.F32), one))
                .hasMessageContaining("cpu cannot run")
                .hasMessageContaining(c.op().toString())
                .hasMessageContaining("the reference backend computes it");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agreesWithTheReferenceAndWithItself(OpCase c) {
        List<Tensor> expected;
        try (ReferenceBackend reference = new ReferenceBackend()) {
            expected = CaseRunner.run(c, reference, DType.F64);
        }
        List<Tensor> actual = CaseRunner.run(c, one, DType.F32);
        for (int i = 0; i < expected.size(); i++) {
            double error = CaseRunner.normalisedSquareError(actual.get(i), expected.get(i));
            assertThat(error).as("%s, output %d", c, i).isLessThanOrEqualTo(TOLERANCE);
        }
        for (CpuBackend backend : List.of(two, five)) {
            List<Tensor> again = CaseRunner.run(c, backend, DType.F32);
            for (int i = 0; i < actual.size(); i++) {
                assertThat(again.get(i).toFloats())
                        .as("%s, output %d", c, i)
                        .isEqualTo(actual.get(i).toFloats());
            }
        }
    }
}
