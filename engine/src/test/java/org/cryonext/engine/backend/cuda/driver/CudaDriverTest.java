package org.cryonext.engine.backend.cuda.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.cryonext.engine.backend.cuda.SimulatedGpu;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Loading, and what cards are taken. */
final class CudaDriverTest {
    private SimulatedGpu gpu;

    @BeforeEach
    void load() {
        gpu = SimulatedGpu.load();
    }

    @Test
    void isLoadedOnceAndKnowsItsVersion() {
        assertThat(CudaDriver.missing()).isEmpty();
        CudaDriver driver = CudaDriver.load();
        assertThat(CudaDriver.load()).isSameAs(driver);
        assertThat(driver.version()).isGreaterThanOrEqualTo(12000);
        assertThat(driver.versionText()).matches("1\\d\\.\\d");
        assertThat(driver.path()).endsWith("libcuda.so.1");
    }

    @Test
    void oldDriversAreNamedByWhatTheySupport() {
        gpu.set("driver", "11080");
        assertThat(CudaDriver.missing())
                .hasValue(
                        "NVIDIA's driver on this machine supports CUDA 11.8 at most, 12.0 is needed: update it to 525 or"
                                + " newer, or use --device cpu");
    }

    @Test
    void cardsAreDescribed() {
        gpu.set("devices", "2");
        gpu.set("name", "Simulated H100");
        gpu.set("memory", String.valueOf(80L << 30));
        CudaDevice device = CudaDriver.load().device(1);
        assertThat(device.ordinal()).isEqualTo(1);
        assertThat(device).hasToString("1 (Simulated H100 1)");
        assertThat(device.architecture()).isEqualTo(new Architecture(9, 0));
        assertThat(device.totalBytes()).isEqualTo(80L << 30);
        assertThat(device.sharedBytesPerBlock()).isEqualTo(227 << 10);
        assertThat(device.memoryPools()).isTrue();
        assertThatThrownBy(() -> CudaDriver.load().device(2))
                .isInstanceOf(InputException.class)
                .hasMessage("There is no card 2; this machine has cards 0 to 1");
    }

    @ParameterizedTest
    @CsvSource({
        "70, 'sm_70 is older than sm_75, the oldest architecture that is supported'",
        "87, 'sm_87 is the architecture of a Jetson or Drive board, which is not supported'",
    })
    void cardsThatCannotBeUsedAreRefusedByName(String architecture, String reason) {
        gpu.set("architecture", architecture);
        gpu.set("name", "Old card");
        String sentence = "The card 0 (Old card): " + reason + "; use another card or --device cpu";
        assertThat(CudaDriver.load().devices()).hasSize(1);
        assertThatThrownBy(() -> CudaDriver.load().device(0))
                .isInstanceOf(InputException.class)
                .hasMessage(sentence);
        CudaDevice device = CudaDriver.load().devices().getFirst();
        assertThatThrownBy(() -> new CudaContext(device))
                .isInstanceOf(InputException.class)
                .hasMessage(sentence);
    }

    @ParameterizedTest
    @CsvSource({
        "100, NVIDIA's driver finds no card",
        "34, is a stub for building programs",
        "803, restart the machine",
        "802, nvidia-fabricmanager",
        "999, (cuInit: CUDA_ERROR_UNKNOWN)",
    })
    void aDriverThatDoesNotStartSaysWhy(int result, String words) {
        CudaDriver.load();
        gpu.fail("cuInit", result, 0);
        assertThatThrownBy(CudaDriver::initialise)
                .isInstanceOf(InputException.class)
                .hasMessageContaining(words)
                .hasMessageEndingWith("; or use --device cpu");
    }

    @ParameterizedTest
    @CsvSource({"2, has no memory left even for a start", "46, is taken by another process"})
    void aCardThatIsTakenSaysSo(int result, String words) {
        CudaDevice device = CudaDriver.load().device(0);
        gpu.fail("cuDevicePrimaryCtxRetain", result, 0);
        assertThatThrownBy(() -> new CudaContext(device))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(words);
        new CudaContext(device).close();
    }
}
