package org.cryonext.engine.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.cases.CaseRunner;
import org.cryonext.engine.cases.CaseTolerance;
import org.cryonext.engine.cases.OpCase;
import org.cryonext.engine.cases.OpCases;
import org.cryonext.engine.op.Cast;
import org.cryonext.engine.op.Mlp;
import org.cryonext.engine.op.Primitive;
import org.cryonext.engine.plan.Plan;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every case of every operator on a simulated card against the reference, in each element type, and the same bits in
 * whatever order blocks and threads run; of the primitives, which have no kernel here, that they are refused.
 */
class CudaCasesTest {
    private static final Set<DType> HELD = Set.of(DType.F32, DType.F16, DType.BF16);

    private static CudaBackend backend;

    @BeforeAll
    static void open() {
        backend = SimulatedCuda.open(SimulatedCuda.Order.FORWARD);
    }

    @AfterAll
    static void close() {
        if (backend != null) {
            backend.close();
        }
    }

    static Stream<OpCase> cases() {
        return OpCases.tests().filter(c -> isComputed(c) && !(c.op() instanceof Mlp));
    }

    static Stream<OpCase> primitives() {
        return OpCases.tests().filter(c -> !isComputed(c));
    }

    /** Of the primitives only casts between the floating types that a card has. */
    private static boolean isComputed(OpCase c) {
        return c.op() instanceof Cast(DType to)
                ? HELD.contains(to) && c.inputs().getFirst().type().dtype() == DType.F32
                : !(c.op() instanceof Primitive);
    }

    @ParameterizedTest
    @MethodSource("primitives")
    void primitivesAreRefusedByName(OpCase c) {
        assertThatThrownBy(() -> Plan.of(c.graph(DType.F32), backend))
                .hasMessageContaining("cuda cannot run")
                .hasMessageContaining(c.op().toString())
                .hasMessageContaining("the reference backend computes");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agreesWithTheReferenceInF32(OpCase c) {
        agrees(c, DType.F32);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agreesWithTheReferenceInF16(OpCase c) {
        agrees(c, DType.F16);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agreesWithTheReferenceInBf16(OpCase c) {
        agrees(c, DType.BF16);
    }

    private static void agrees(OpCase c, DType dtype) {
        List<Tensor> expected;
        try (ReferenceBackend reference = new ReferenceBackend()) {
            expected = CaseRunner.run(c, reference, CaseTolerance.expected(dtype));
        }
        List<Tensor> actual = CaseRunner.run(c, backend, dtype);
        for (int i = 0; i < expected.size(); i++) {
            double error = CaseRunner.normalisedSquareError(actual.get(i), expected.get(i));
            assertThat(error).as("%s, output %d", c, i).isLessThanOrEqualTo(CaseTolerance.of(dtype));
        }
        for (SimulatedCuda.Order order : List.of(SimulatedCuda.Order.BACKWARD, SimulatedCuda.Order.SHUFFLED)) {
            SimulatedCuda.order(order);
            try {
                List<Tensor> again = CaseRunner.run(c, backend, dtype);
                for (int i = 0; i < actual.size(); i++) {
                    assertThat(again.get(i).toFloats())
                            .as("%s, output %d, %s", c, i, order)
                            .isEqualTo(actual.get(i).toFloats());
                }
            } finally {
                SimulatedCuda.order(SimulatedCuda.Order.FORWARD);
            }
        }
    }
}
