package org.cryonext.engine.cases;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.cryonext.engine.op.Binary;
import org.cryonext.engine.op.Input;
import org.cryonext.engine.op.Linear;
import org.cryonext.engine.op.Op;
import org.cryonext.engine.op.Primitive;
import org.cryonext.engine.op.Reshape;
import org.cryonext.engine.op.Variable;
import org.junit.jupiter.api.Test;

class OpCasesTest {
    /** What no backend computes. */
    private static final Set<Class<?>> WITHOUT_KERNEL = Set.of(Input.class, Variable.class, Reshape.class);

    @Test
    void everyOperatorHasACase() {
        Set<Class<?>> covered = OpCases.tests().map(c -> c.op().getClass()).collect(Collectors.toSet());
        assertThat(operators(Op.class))
                .contains(Linear.class, Binary.class)
                .allSatisfy(op -> assertThat(covered.contains(op) || WITHOUT_KERNEL.contains(op))
                        .as("%s has a case", op.getSimpleName())
                        .isTrue());
    }

    /** The records of a sealed interface, those of the sealed interfaces within it included. */
    private static List<Class<?>> operators(Class<?> sealed) {
        return Arrays.stream(sealed.getPermittedSubclasses())
                .flatMap(c -> c.isSealed() ? operators(c).stream() : Stream.of(c))
                .toList();
    }

    @Test
    void everyLineIsOfOneOperator() {
        assertThat(OpCases.lines())
                .allSatisfy(line -> assertThat(line.tests().stream()
                                .map(c -> c.op().getClass())
                                .distinct())
                        .hasSize(1));
    }

    /** All but the primitives: the cpu backend, which the timings run on, refuses those. */
    @Test
    void everyLineIsTimed() {
        assertThat(OpCases.lines()).allSatisfy(line -> {
            Op op = line.tests().getFirst().op();
            assertThat(line.timings().isEmpty()).as(op.toString()).isEqualTo(op instanceof Primitive);
            assertThat(line.timings())
                    .allSatisfy(timing -> assertThat(timing.op()).hasSameClassAs(op));
        });
    }

    @Test
    void valuesAreTheSameAtEveryCall() {
        OpCase c = OpCases.tests().findFirst().orElseThrow();
        assertThat(c.values().getFirst().toFloats())
                .isEqualTo(c.values().getFirst().toFloats());
    }
}
