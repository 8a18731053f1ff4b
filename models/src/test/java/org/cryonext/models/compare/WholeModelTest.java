package org.cryonext.models.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.io.Progress;
import org.cryonext.models.Fixtures;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole models against PyTorch: outputs of every stage, every gradient, and parameters after steps of AdamW. */
class WholeModelTest {
    private static final List<String> MODELS = List.of(
            "v1",
            "v2",
            "v1-deep",
            "v2-deep",
            "v1-tiny-activations",
            "v2-tiny-activations",
            "v1-tanh",
            "v2-tanh",
            "v2-eight-channels",
            "v2-mean",
            "v1-concat",
            "v2-concat-profile");

    /** Each backend, and how many threads it has where that is a choice. */
    private enum Device {
        REFERENCE,
        CPU_1,
        CPU_2;

        Backend open() {
            return switch (this) {
                case REFERENCE -> new ReferenceBackend();
                case CPU_1 -> new CpuBackend(1);
                case CPU_2 -> new CpuBackend(2);
            };
        }
    }

    static Stream<Arguments> modelsOnDevices() {
        return MODELS.stream().flatMap(model -> Stream.of(Device.values()).map(device -> Arguments.of(model, device)));
    }

    @ParameterizedTest
    @MethodSource("modelsOnDevices")
    void agreesWithPyTorch(String model, Device device) {
        try (Backend backend = device.open()) {
            Comparison comparison = Compare.run(
                    Fixtures.model(model), Fixtures.reference(model), backend, Gates.DEFAULT, Progress.none());
            assertThat(comparison.rows()).isNotEmpty().allMatch(Row::passed);
            assertThat(comparison.passed()).isTrue();
            assertThat(comparison.notCompared()).isEmpty();
        }
    }

    @ParameterizedTest
    @FieldSource("MODELS")
    void theRowsAreTheSameWithAnyNumberOfThreads(String model) {
        try (Backend one = new CpuBackend(1);
                Backend three = new CpuBackend(3)) {
            assertThat(rows(model, three)).isEqualTo(rows(model, one));
        }
    }

    private static List<Row> rows(String model, Backend backend) {
        return Compare.run(Fixtures.model(model), Fixtures.reference(model), backend, Gates.DEFAULT, Progress.none())
                .rows();
    }
}
