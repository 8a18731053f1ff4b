package org.cryonext.cryoet.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RescaledVolumeTest {
    private static final int NX = 20;
    private static final int NY = 18;
    private static final int NZ = 24;

    /** A ramp: linear functions are kept by trilinear interpolation and by means over symmetric samples. */
    private static MemoryVolume ramp() {
        MemoryVolume volume = MemoryVolume.zeros("ramp", NX, NY, NZ, 5);
        for (int z = 0; z < NZ; z++) {
            for (int y = 0; y < NY; y++) {
                for (int x = 0; x < NX; x++) {
                    volume.slice(z)[y * NX + x] = x + 100 * y + 10_000 * z;
                }
            }
        }
        return volume;
    }

    @ParameterizedTest
    @ValueSource(doubles = {2.5, 4, 5, 7, 10, 13})
    void aLinearVolumeStaysOne(double wanted) {
        RescaledVolume volume = new RescaledVolume(ramp(), 5, wanted);
        double factor = wanted / 5;
        assertThat(volume.nx()).isEqualTo((int) (NX / factor + 1e-6));
        assertThat(volume.voxelSize()).isEqualTo(wanted);
        for (int z = 1; z < volume.nz() - 1; z++) {
            for (int y = 1; y < volume.ny() - 1; y++) {
                for (int x = 1; x < volume.nx() - 1; x++) {
                    double expected = ((x + 0.5) * factor - 0.5)
                            + 100 * ((y + 0.5) * factor - 0.5)
                            + 10_000 * ((z + 0.5) * factor - 0.5);
                    assertThat((double) volume.get(x, y, z)).isCloseTo(expected, within(0.05));
                }
            }
        }
    }

    @Test
    void twiceTheVoxelIsTheMeanOfEight() {
        Random random = new Random(1);
        MemoryVolume noise = MemoryVolume.zeros("noise", 6, 6, 6, 5);
        for (int z = 0; z < 6; z++) {
            for (int i = 0; i < 36; i++) {
                noise.slice(z)[i] = random.nextFloat();
            }
        }
        RescaledVolume half = new RescaledVolume(noise, 5, 10);
        double sum = 0;
        for (int i = 0; i < 8; i++) {
            sum += noise.get(2 + i % 2, 2 + i / 2 % 2, 2 + i / 4);
        }
        assertThat((double) half.get(1, 1, 1)).isCloseTo(sum / 8, within(1e-6));
    }

    @Test
    void aBoxIsWhatItsVoxelsAre() {
        RescaledVolume volume = new RescaledVolume(ramp(), 5, 7);
        float[] box = new float[3 * 4 * 5];
        volume.read(2, 3, 4, 3, 4, 5, box, 0);
        for (int i = 0; i < box.length; i++) {
            assertThat(box[i]).isEqualTo(volume.get(2 + i % 3, 3 + i / 3 % 4, 4 + i / 12));
        }
    }

    @Test
    void coordinatesAndValuesFitTogether() {
        RescaledVolume volume = new RescaledVolume(ramp(), 5, 2.5);
        assertThat((double) volume.get((int) volume.coordinate(9.75), 8, 8))
                .isCloseTo(9.75 + 100 * 3.75 + 10_000 * 3.75, within(0.05));
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> new RescaledVolume(ramp(), 0.1, 10))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("check --voxel-size and the header");
    }

    @Test
    void adaptedVolumesAreInvertedAndRescaledOnlyWhereNeeded() {
        assertThat(Adaptation.NONE.apply(ramp()).get(3, 2, 1)).isEqualTo(10_203);
        assertThat(new Adaptation(5, 5.05, true).apply(ramp()).get(3, 2, 1)).isEqualTo(-10_203);
        assertThat(new Adaptation(5, 10, false).apply(ramp()).nx()).isEqualTo(NX / 2);
        assertThat(new Adaptation(5, 10, false).scale()).isEqualTo(2);
        assertThat(new Adaptation(0, 10, false).rescales()).isFalse();
    }
}
