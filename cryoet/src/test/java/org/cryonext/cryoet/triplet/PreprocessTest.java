package org.cryonext.cryoet.triplet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreprocessTest {
    private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
    private static final float[] DEVIATION = {0.229f, 0.224f, 0.225f};
    private static final int IMAGES = 3;

    @ParameterizedTest
    @CsvSource({"224, 224", "65, 97", "48, 48", "32, 32", "20, 20", "48, 7", "1, 1"})
    void pixelsArePillowsToTheBit(int height, int width) {
        Preprocess preprocess = new Preprocess(height, width, MEAN, DEVIATION);
        byte[] images = Fixtures.bytes("images.u8");
        byte[] resized = new byte[IMAGES * height * width];
        for (int i = 0; i < IMAGES; i++) {
            preprocess.resize(images, i * SliceCutter.SLICE, resized, i * height * width);
        }
        assertThat(resized).isEqualTo(Fixtures.bytes("resized_" + height + "x" + width + ".u8"));
    }

    @ParameterizedTest
    @CsvSource({"65, 97", "48, 48", "20, 20"})
    void floatsAreTorchvisions(int height, int width) {
        Preprocess preprocess = new Preprocess(height, width, MEAN, DEVIATION);
        byte[] images = Fixtures.bytes("images.u8");
        float[] expected = Fixtures.floats("normalised_" + height + "x" + width + ".f32");
        float[] first = new float[expected.length];
        float[] last = new float[expected.length];
        int pixels = height * width;
        for (int i = 0; i < IMAGES; i++) {
            preprocess.channelsFirst(images, i * SliceCutter.SLICE, first, i * 3 * pixels);
            preprocess.channelsLast(images, i * SliceCutter.SLICE, last, i * 3 * pixels);
        }
        for (int i = 0; i < expected.length; i++) {
            int image = i / (3 * pixels);
            int channel = i / pixels % 3;
            assertThat(Math.abs(first[i] - expected[i])).as("NCHW %d", i).isLessThanOrEqualTo(1e-6f);
            assertThat(last[image * 3 * pixels + i % pixels * 3 + channel]).isEqualTo(first[i]);
        }
    }

    @Test
    void anImageIsWrittenToItsPlaceOnly() {
        Preprocess preprocess = new Preprocess(20, 20, MEAN, DEVIATION);
        float[] batch = new float[3 * preprocess.floats()];
        Arrays.fill(batch, 99);
        preprocess.channelsLast(Fixtures.bytes("images.u8"), 0, batch, preprocess.floats());
        assertThat(Arrays.copyOf(batch, 1200)).containsOnly(99);
        assertThat(Arrays.copyOfRange(batch, 1200, 2400)).doesNotContain(99);
        assertThat(Arrays.copyOfRange(batch, 2400, 3600)).containsOnly(99);
    }

    @Test
    void badSettingsAreNamed() {
        assertThatThrownBy(() -> new Preprocess(0, 3, MEAN, DEVIATION))
                .isInstanceOf(InputException.class)
                .hasMessage("An image size of 0 x 3; at least 1 x 1 is needed");
        assertThatThrownBy(() -> new Preprocess(1, 1, new float[1], DEVIATION))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("have 1 and 3 values, one for each channel was expected");
        assertThatThrownBy(() -> new Preprocess(1, 1, MEAN, new float[] {1, 0, 1}))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("A standard deviation of 0.0");
    }
}
