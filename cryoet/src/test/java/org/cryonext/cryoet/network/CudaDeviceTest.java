package org.cryonext.cryoet.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.DeviceLostException;
import org.cryonext.engine.backend.Precision;
import org.cryonext.engine.backend.cuda.SimulatedGpu;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Choosing a device where there is a card, a simulated one. */
class CudaDeviceTest {
    /** CUDA's code of a fault from which a card does not recover. */
    private static final int UNCORRECTABLE = 214;

    private final List<String> said = new ArrayList<>();

    private SimulatedGpu gpu;

    @BeforeEach
    void load() {
        gpu = SimulatedGpu.loadWithKernels();
    }

    private Backend open(String device, Precision precision) {
        return Device.parse(device).open(1, Optional.empty(), Optional.ofNullable(precision), said::add);
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void aCardComputesInWhatIsAskedFor(Precision precision) {
        for (String device : List.of("cuda", "auto")) {
            try (Backend backend = open(device, precision)) {
                assertThat(backend.name()).isEqualTo("cuda");
                assertThat(backend.precision()).isEqualTo(precision);
            }
        }
        try (Backend backend = open("auto", null)) {
            assertThat(backend.precision()).isEqualTo(Precision.F16);
        }
        assertThat(said).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"TF32", "BF16"})
    void anOldCardIsRefusedWhatItLacks(Precision precision) {
        gpu.set("architecture", "75");
        gpu.set("name", "Old card");
        String refusal =
                "--precision " + precision + " needs a card of sm_80 or newer, and Old card is sm_75; give f16 or f32";
        assertThatThrownBy(() -> open("cuda", precision))
                .isInstanceOf(InputException.class)
                .hasMessage(refusal);
        // The processor does not have it either.
        assertThatThrownBy(() -> open("auto", precision))
                .isInstanceOf(InputException.class)
                .hasMessage("--precision " + precision
                        + " is for NVIDIA cards, and the network would run on cpu, which computes in f32; leave"
                        + " --precision out");
        assertThat(said).containsExactly("No card is used: " + refusal);
        assertThat(gpu.holdings()).isEmpty();
    }

    /** A call of the driver, CUDA's code, how many calls succeed before, and what is said. */
    @ParameterizedTest
    @CsvSource({
        "cuDeviceGetCount, 999, 0, cuDeviceGetCount failed with CUDA_ERROR_UNKNOWN",
        "cuDeviceGetCount, 3, 1, cuDeviceGetCount failed with CUDA_ERROR_NOT_INITIALIZED",
        "cuDevicePrimaryCtxRetain, 2, 0, has no memory left even for a start",
        "cuDevicePrimaryCtxRetain, 1, 0, cuDevicePrimaryCtxRetain failed with CUDA_ERROR_INVALID_VALUE",
        "cuDevicePrimaryCtxRetain, 214, 0, cuDevicePrimaryCtxRetain failed with CUDA_ERROR_ECC_UNCORRECTABLE",
        "cuStreamCreateWithPriority, 1, 0, cuStreamCreate failed with CUDA_ERROR_INVALID_VALUE",
        "cuStreamCreateWithPriority, 214, 1, cuStreamCreate failed with CUDA_ERROR_ECC_UNCORRECTABLE",
    })
    void aSickCardIsNoneForAuto(String call, int result, int after, String sentence) {
        gpu.fail(call, result, after);
        try (Backend backend = open("auto", null)) {
            assertThat(backend.name()).isEqualTo("cpu");
        }
        assertThat(said)
                .singleElement()
                .satisfies(
                        text -> assertThat(text).startsWith("No card is used: ").contains(sentence));
        assertThat(gpu.holdings()).isEmpty();
    }

    @Test
    void aSickCardThatIsAskedForIsAnError() {
        gpu.fail("cuDevicePrimaryCtxRetain", UNCORRECTABLE, 0);
        assertThatThrownBy(() -> open("cuda", null))
                .isInstanceOf(DeviceLostException.class)
                .hasMessageContaining("CUDA_ERROR_ECC_UNCORRECTABLE");
        assertThat(said).isEmpty();
    }
}
