package org.cryonext.models.compare;

import static org.assertj.core.api.Assertions.assertThat;

import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.io.Progress;
import org.cryonext.models.Fixtures;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole models against PyTorch: outputs of every stage, every gradient, and parameters after steps of AdamW. */
class WholeModelTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "v1",
                "v2",
                "v1-deep",
                "v2-deep",
                "v1-tiny-activations",
                "v2-tiny-activations",
                "v1-tanh",
                "v2-tanh"
            })
    void agreesWithPyTorch(String model) {
        try (Backend backend = new ReferenceBackend()) {
            Comparison comparison = Compare.run(
                    Fixtures.model(model), Fixtures.reference(model), backend, Gates.DEFAULT, Progress.none());
            assertThat(comparison.rows()).isNotEmpty().allMatch(Row::passed);
            assertThat(comparison.passed()).isTrue();
            assertThat(comparison.notCompared()).isEmpty();
        }
    }
}
