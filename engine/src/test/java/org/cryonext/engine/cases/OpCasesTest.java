package org.cryonext.engine.cases;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.cryonext.engine.op.Input;
import org.cryonext.engine.op.Op;
import org.cryonext.engine.op.Reshape;
import org.cryonext.engine.op.Variable;
import org.junit.jupiter.api.Test;

class OpCasesTest {
    /** What no backend computes. */
    private static final Set<Class<?>> WITHOUT_KERNEL = Set.of(Input.class, Variable.class, Reshape.class);

    @Test
    void everyOperatorHasACase() {
        Set<Class<?>> covered = OpCases.tests().map(c -> c.op().getClass()).collect(Collectors.toSet());
        assertThat(Arrays.asList(Op.class.getPermittedSubclasses()))
                .allSatisfy(op -> assertThat(covered.contains(op) || WITHOUT_KERNEL.contains(op))
                        .as("%s has a case", op.getSimpleName())
                        .isTrue());
    }

    @Test
    void everyLineIsOfOneOperator() {
        assertThat(OpCases.lines())
                .allSatisfy(line -> assertThat(line.tests().stream()
                                .map(c -> c.op().getClass())
                                .distinct())
                        .hasSize(1));
    }

    @Test
    void valuesAreTheSameAtEveryCall() {
        OpCase c = OpCases.tests().findFirst().orElseThrow();
        assertThat(c.values().getFirst().toFloats())
                .isEqualTo(c.values().getFirst().toFloats());
    }
}
