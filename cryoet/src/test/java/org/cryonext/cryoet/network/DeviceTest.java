package org.cryonext.cryoet.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.Precision;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Choosing a device where there is no driver, whatever this machine has. */
final class DeviceTest {
    private static final String DRIVER = "cryonext.cuda.driver";

    @TempDir
    Path folder;

    private final List<String> said = new ArrayList<>();

    @BeforeEach
    void withoutDriver() {
        System.setProperty(DRIVER, folder.resolve("libcuda.so.1").toString());
    }

    @AfterEach
    void withDriver() {
        System.clearProperty(DRIVER);
    }

    private Backend open(String device) {
        return Device.parse(device).open(1, Optional.empty(), said::add);
    }

    private Backend open(String device, Precision precision) {
        return Device.parse(device).open(1, Optional.empty(), Optional.of(precision), said::add);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "reference | REFERENCE | ''",
                "CPU | CPU | ''",
                "cuda | CUDA | 0",
                "cuda:0 | CUDA | 0",
                "CUDA:12 | CUDA | 12",
                "cuda:3,0 | CUDA | 3 0",
                "cuda:ALL | CUDA | ''"
            })
    void isReadInAnyCase(String text, Device.Kind kind, String cards) {
        List<Integer> numbers = Pattern.compile("\\d+")
                .matcher(cards)
                .results()
                .map(number -> Integer.valueOf(number.group()))
                .toList();
        Device device = Device.parseSeveral(text);
        assertThat(device).isEqualTo(new Device(kind, numbers));
        assertThat(Device.parseSeveral(device.toString())).isEqualTo(device);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "gpu", "cuda:", "cuda:x", "cuda:-1", "cuda:1000", "cpu:1", "cuda:0,", "cuda:1,1", "cpu:all"})
    void anythingElseIsRefused(String text) {
        assertThatThrownBy(() -> Device.parse(text))
                .isInstanceOf(InputException.class)
                .hasMessage(
                        "expected one of reference, cpu, cuda, cuda:N (N: number of a card), auto, not '" + text + "'");
        assertThatThrownBy(() -> Device.parseSeveral(text))
                .isInstanceOf(InputException.class)
                .hasMessage(
                        "expected one of reference, cpu, cuda, cuda:N (N: number of a card), cuda:N,M (each card once),"
                                + " cuda:all, auto, not '" + text + "'");
    }

    @ParameterizedTest
    @CsvSource({"reference, reference", "cpu, cpu", "auto, cpu"})
    void whatIsThereIsOpened(String device, String name) {
        try (Backend backend = open(device)) {
            assertThat(backend.name()).isEqualTo(name);
            assertThat(backend.isOnHeap()).isTrue();
        }
        assertThat(said).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"cuda", "cuda:1"})
    void aCardThatIsNotThereSaysWhy(String device) {
        assertThatThrownBy(() -> open(device))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("where there is no file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cuda:0,1", "cuda:all"})
    void severalCardsAreForWhatSharesTomograms(String device) {
        assertThatThrownBy(() -> open(device))
                .isInstanceOf(InputException.class)
                .hasMessage("expected one of reference, cpu, cuda, cuda:N (N: number of a card), auto, not '" + device
                        + "'");
        assertThatThrownBy(() -> Device.parseSeveral(device).openAll(1, Optional.empty(), Optional.empty(), said::add))
                .hasMessageContaining("where there is no file");
    }

    @Test
    void oneDeviceIsAllThatThereIs() {
        try (Backends backends = Device.CPU.openAll(1, Optional.empty(), Optional.empty(), said::add)) {
            assertThat(backends.each())
                    .singleElement()
                    .extracting(Backend::name)
                    .isEqualTo("cpu");
        }
    }

    @ParameterizedTest
    @CsvSource({"reference, reference", "cpu, cpu", "auto, cpu"})
    void withoutACardThereIsOnePrecision(String device, String name) {
        for (Precision precision : Precision.values()) {
            if (precision != Precision.F32) {
                assertThatThrownBy(() -> open(device, precision))
                        .isInstanceOf(InputException.class)
                        .hasMessage("--precision " + precision + " is for NVIDIA cards, and the network would run on "
                                + name + ", which computes in f32; leave --precision out");
            }
        }
        try (Backend backend = open(device, Precision.F32)) {
            assertThat(backend.name()).isEqualTo(name);
            assertThat(backend.precision()).isEqualTo(Precision.F32);
        }
        assertThat(said).isEmpty();
    }

    @Test
    void threadsAreCounted() {
        assertThatThrownBy(() -> Device.CPU.open(-1, Optional.empty(), said::add))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("--threads is -1");
    }
}
