package org.cryonext.cryoet.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Random;
import org.cryonext.cryoet.volume.MemoryVolume;
import org.cryonext.cryoet.volume.MrcForm;
import org.cryonext.cryoet.volume.MrcWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AlignmentCheckTest {
    private static final int N = 40;
    private static final int NZ = 22;
    private static final int OFFSET = 9;

    @TempDir
    private Path folder;

    /** Blobs as ground truth; the reconstruction is dark where they are, noisier, and upside down on request. */
    private ShrecTomogram write(boolean mirrored, double contrast) {
        return write(mirrored, contrast, 0);
    }

    /** The same with the reconstruction's contents moved up by some slices. */
    private ShrecTomogram write(boolean mirrored, double contrast, int shift) {
        Random random = new Random(3);
        MemoryVolume truth = MemoryVolume.zeros("truth", N, N, NZ, 10);
        for (int blob = 0; blob < 12; blob++) {
            int x = random.nextInt(N - 6);
            int y = random.nextInt(N - 6);
            int z = random.nextInt(NZ - 6);
            for (int i = 0; i < 216; i++) {
                truth.slice(z + i / 36)[(y + i / 6 % 6) * N + x + i % 6] = 1;
            }
        }
        int slices = NZ + 2 * OFFSET;
        MemoryVolume reconstruction = MemoryVolume.zeros("reconstruction", N, N, slices, 10);
        for (int z = 0; z < slices; z++) {
            int from = (mirrored ? slices - 1 - z : z) - OFFSET - shift;
            for (int i = 0; i < N * N; i++) {
                float density = from >= 0 && from < NZ ? truth.slice(from)[i] : 0;
                reconstruction.slice(z)[i] = (float) (-contrast * density + random.nextGaussian());
            }
        }
        MrcWriter.write(folder.resolve("grandmodel.mrc"), MrcForm.shrec(N, N, NZ), truth);
        MrcWriter.write(folder.resolve("reconstruction.mrc"), MrcForm.shrec(N, N, slices), reconstruction);
        return new ShrecTomogram("model_0", folder);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aMirroredReconstructionIsSeen(boolean mirrored) {
        ShrecTomogram tomogram = write(mirrored, 0.5);
        AlignmentCheck check = AlignmentCheck.of(tomogram);
        assertThat(check.looksMirrored()).isEqualTo(mirrored);
        assertThat(mirrored ? check.mirrored() : check.direct()).isLessThan(-0.5);
        assertThat(check.note(tomogram).isPresent()).isEqualTo(mirrored);
        check.note(tomogram)
                .ifPresent(note -> assertThat(note).startsWith("model_0: reconstruction.mrc looks mirrored in z"));
    }

    @Test
    void theOffsetIsFoundByCorrelation() {
        AlignmentCheck right = AlignmentCheck.of(write(false, 0.5));
        assertThat(right.expected()).isEqualTo(OFFSET);
        assertThat(right.offset()).isEqualTo(OFFSET);
        assertThat(right.looksShifted()).isFalse();
        assertThat(right.sentence())
                .startsWith("z offset 9 by the sizes, 9 by correlation with the grandmodel (-0.")
                .contains("; not mirrored in z (");
        ShrecTomogram tomogram = write(false, 0.5, 5);
        AlignmentCheck shifted = AlignmentCheck.of(tomogram);
        assertThat(shifted.offset()).isEqualTo(OFFSET + 5);
        assertThat(shifted.looksShifted()).isTrue();
        assertThat(shifted.note(tomogram).orElseThrow())
                .startsWith("model_0: reconstruction.mrc looks shifted in z")
                .endsWith("at 14; pad or trim it by 5 slices");
    }

    @Test
    void noiseAloneIsNotCalledMirrored() {
        AlignmentCheck check = new AlignmentCheck(9, 0.001, 9, 0.001, -0.019);
        assertThat(check.looksMirrored()).isFalse();
        assertThat(AlignmentCheck.of(write(true, 0)).direct()).isCloseTo(0, within(0.2));
    }
}
