package org.cryonext.cryoet.volume;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;

class ConstantVolumeTest {
    private final MemoryVolume volume = MemoryVolume.zeros("a.mrc", 6, 5, 4, 10);

    private void refusedAs(String value) {
        assertThatThrownBy(() -> ConstantVolume.refuse(volume))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("a.mrc: all its voxels are " + value + ",");
    }

    @Test
    void oneValueInAllVoxelsIsRefused() {
        refusedAs("0.0");
        for (int z = 0; z < 4; z++) {
            Arrays.fill(volume.slice(z), 2.5f);
        }
        refusedAs("2.5");
    }

    @Test
    void oneOtherVoxelAnywhereIsEnough() {
        for (int z = 0; z < 4; z++) {
            for (int i = 0; i < 30; i++) {
                volume.slice(z)[i] = 1;
                assertThatCode(() -> ConstantVolume.refuse(volume)).doesNotThrowAnyException();
                volume.slice(z)[i] = 0;
            }
        }
        volume.slice(0)[0] = -0.0f;
        refusedAs("0.0");
    }

    /** Masks have them; who needs such a voxel says so. */
    @Test
    void aVoxelThatIsNoNumberIsNotLookedAt() {
        volume.slice(3)[7] = Float.NaN;
        assertThatCode(() -> ConstantVolume.refuse(volume)).doesNotThrowAnyException();
    }
}
