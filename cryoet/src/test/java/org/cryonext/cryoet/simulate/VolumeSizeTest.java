package org.cryonext.cryoet.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.OptionalInt;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;

class VolumeSizeTest {
    @Test
    void reconstructionHasTheLargerOfXAndZWithTheParityOfZ() {
        assertThat(VolumeSize.SHREC.reconstructionSlices()).isEqualTo(512);
        assertThat(VolumeSize.SHREC.zOffset()).isEqualTo(156);
        assertThat(new VolumeSize(256, 256, 96).zOffset()).isEqualTo(80);
        assertThat(new VolumeSize(64, 100, 90).reconstructionSlices()).isEqualTo(90);
        assertThat(new VolumeSize(81, 64, 64).reconstructionSlices()).isEqualTo(82);
    }

    @Test
    void particlesAreAsCrowdedAsInShrec() {
        assertThat(new VolumeSize(256, 256, 96).usualParticles()).isEqualTo(300);
        assertThat(VolumeSize.SHREC.usualParticles()).isBetween(2400, 2800);
    }

    @Test
    void readsASize() {
        assertThat(VolumeSize.parse("256, 128,96")).isEqualTo(new VolumeSize(256, 128, 96));
    }

    @Test
    void refusesWhatIsNoSize() {
        assertThatThrownBy(() -> VolumeSize.parse("256,128"))
                .isInstanceOf(InputException.class)
                .hasMessage("--size 256,128 is not a size; give three whole numbers X,Y,Z, for instance 256,256,96");
        assertThatThrownBy(() -> VolumeSize.parse("a,b,c")).hasMessageContaining("--size a,b,c is not a size");
        assertThatThrownBy(() -> VolumeSize.parse("32,64,64"))
                .hasMessage(
                        "A tomogram of 32 x 64 x 64 voxels cannot be simulated: every edge of --size must be between"
                                + " 64 and 1024");
    }

    @Test
    void refusesNumbersOutOfBounds() {
        VolumeSize size = new VolumeSize(64, 64, 64);
        assertThatThrownBy(() -> new SimulationSettings(0, size, OptionalInt.empty(), 0.05, 1, Optional.empty(), 1))
                .isInstanceOf(InputException.class)
                .hasMessage("--tomograms 0 must be at least 1");
        assertThatThrownBy(() -> new SimulationSettings(1, size, OptionalInt.of(0), 0.05, 1, Optional.empty(), 1))
                .hasMessage("--particles 0 must be between 1 and 65535");
        assertThatThrownBy(() -> new SimulationSettings(1, size, OptionalInt.empty(), 0, 1, Optional.empty(), 1))
                .hasMessageContaining("--snr 0.0 must be above 0");
    }
}
