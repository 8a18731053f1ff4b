package org.cryonext.cryoet.fourier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FourierTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 8, 64})
    void forwardIsTheDefinitionInTheStatedOrder(int rows) {
        int columns = 3;
        Random random = new Random(rows);
        float[] re = noise(random, rows * columns);
        float[] im = noise(random, rows * columns);
        float[] gotRe = re.clone();
        float[] gotIm = im.clone();
        Fourier fourier = new Fourier(rows);
        fourier.forward(gotRe, gotIm, columns);
        for (int row = 0; row < rows; row++) {
            int k = fourier.frequency(row);
            for (int column = 0; column < columns; column++) {
                double sumRe = 0;
                double sumIm = 0;
                for (int n = 0; n < rows; n++) {
                    double angle = -2 * Math.PI * k * n / rows;
                    double a = re[n * columns + column];
                    double b = im[n * columns + column];
                    sumRe += a * Math.cos(angle) - b * Math.sin(angle);
                    sumIm += a * Math.sin(angle) + b * Math.cos(angle);
                }
                assertThat((double) gotRe[row * columns + column]).isCloseTo(sumRe, within(2e-5));
                assertThat((double) gotIm[row * columns + column]).isCloseTo(sumIm, within(2e-5));
            }
        }
        fourier.inverse(gotRe, gotIm, columns);
        for (int i = 0; i < re.length; i++) {
            assertThat(gotRe[i] / rows).isCloseTo(re[i], within(2e-6f));
            assertThat(gotIm[i] / rows).isCloseTo(im[i], within(2e-6f));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 16, 33})
    void transposes(int rows) {
        int columns = 19;
        float[] from = noise(new Random(1), rows * columns);
        float[] to = new float[from.length];
        Fourier.transpose(from, to, rows, columns);
        for (int i = 0; i < from.length; i++) {
            assertThat(to[i % columns * rows + i / columns]).isEqualTo(from[i]);
        }
    }

    private static float[] noise(Random random, int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return values;
    }
}
