package org.cryonext.cryoet.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.cryonext.cryoet.volume.MemoryVolume;
import org.cryonext.cryoet.volume.MrcForm;
import org.cryonext.cryoet.volume.MrcWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FingerprintTest {
    private static final int SIZE = 20;
    private static final String PARTICLES = "1bxn 3 2 1 0 0 0\n3qm1 5 6 7 10 20 30\n";

    @TempDir
    private Path folder;

    private Fingerprint of(String name, String particles, float first) throws IOException {
        Path model = folder.resolve(name);
        MemoryVolume volume = MemoryVolume.zeros(name, SIZE, SIZE, SIZE, 10);
        for (int z = 0; z < SIZE; z++) {
            for (int i = 0; i < SIZE * SIZE; i++) {
                volume.slice(z)[i] = first + z * 400 + i;
            }
        }
        MrcWriter.write(model.resolve("grandmodel.mrc"), MrcForm.shrec(SIZE, SIZE, SIZE), volume);
        Files.writeString(model.resolve("particle_locations.txt"), particles);
        return Fingerprint.of(new ShrecTomogram(name, model), Source.GRANDMODEL);
    }

    @Test
    void aTomogramIsKnownAgainByWhatItHolds() throws IOException {
        Fingerprint fingerprint = of("model_0", PARTICLES, 0);
        assertThat(of("model_7", PARTICLES, 0)).as("under any name").isEqualTo(fingerprint);
        assertThat(of("a", PARTICLES.replace("5 6 7", "5 6 8"), 0).sharesParticles(fingerprint))
                .isFalse();
        assertThat(of("b", PARTICLES.replace("3qm1", "3gl1"), 0).sharesParticles(fingerprint))
                .isFalse();
        assertThat(of("c", PARTICLES.replace("3qm1 5 6 7 10 20 30\n", ""), 0).sharesParticles(fingerprint))
                .isFalse();
        Fingerprint noisier = of("d", PARTICLES, 1);
        assertThat(noisier.sharesParticles(fingerprint)).isTrue();
        assertThat(noisier.differsInVolume(fingerprint)).isTrue();
    }

    @Test
    void whereTheVolumeIsMissingTheParticlesAreLeft() throws IOException {
        Fingerprint fingerprint = of("model_0", PARTICLES, 0);
        Files.delete(folder.resolve("model_0/grandmodel.mrc"));
        Fingerprint without =
                Fingerprint.of(new ShrecTomogram("model_0", folder.resolve("model_0")), Source.GRANDMODEL);
        assertThat(without.volume()).isNull();
        assertThat(without.sharesParticles(fingerprint)).isTrue();
        assertThat(without.differsInVolume(fingerprint)).isFalse();
    }

    /** Their lists give the same places to all particles: each is in the middle of its own volume. */
    @Test
    void subtomogramsAreToldApartByTheirVolumes() throws IOException {
        assertThat(subtomograms("a", 0).sharesParticles(subtomograms("b", 0))).isTrue();
        assertThat(subtomograms("c", 0).sharesParticles(subtomograms("d", 1))).isFalse();
    }

    private Fingerprint subtomograms(String name, float value) throws IOException {
        Path place = Files.createDirectories(folder.resolve(name));
        MemoryVolume volume = MemoryVolume.zeros(name, SIZE, SIZE, SIZE, 10);
        for (int z = 0; z < SIZE; z++) {
            Arrays.fill(volume.slice(z), value);
        }
        // A volume in which all is the same would be refused.
        volume.slice(0)[0] = 9;
        MrcWriter.write(place.resolve("1.mrc"), MrcForm.shrec(SIZE, SIZE, SIZE), volume);
        Path list = place.resolve("list.star");
        Files.writeString(list, """
                data_particles

                loop_
                _rlnImageName
                _cryonextClass
                1.mrc a
                """);
        return Fingerprint.of(Dataset.open(list).tomograms().getFirst(), Source.TOMOGRAM);
    }
}
