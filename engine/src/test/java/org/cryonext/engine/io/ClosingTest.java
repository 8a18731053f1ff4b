package org.cryonext.engine.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClosingTest {
    @Test
    void whatComesBehindAFailureIsClosedToo() {
        List<String> closed = new ArrayList<>();
        RuntimeException first = new IllegalStateException("first");
        RuntimeException second = new IllegalStateException("second");
        List<Runnable> closers = List.of(
                () -> closed.add("a"),
                () -> {
                    throw first;
                },
                () -> closed.add("b"),
                () -> {
                    throw second;
                },
                () -> closed.add("c"));
        assertThatThrownBy(() -> Closing.all(closers)).isSameAs(first).hasSuppressedException(second);
        assertThat(closed).containsExactly("a", "b", "c");
    }
}
