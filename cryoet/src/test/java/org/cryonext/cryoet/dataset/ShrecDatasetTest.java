package org.cryonext.cryoet.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.cryonext.cryoet.volume.MemoryVolume;
import org.cryonext.cryoet.volume.MrcForm;
import org.cryonext.cryoet.volume.MrcVolume;
import org.cryonext.cryoet.volume.MrcWriter;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShrecDatasetTest {
    @TempDir
    private Path folder;

    private Path tomogram(String name) throws IOException {
        Path tomogram = Files.createDirectory(folder.resolve(name));
        Files.writeString(tomogram.resolve("particle_locations.txt"), "1bxn 3 2 1 0 0 0\n");
        return tomogram;
    }

    private static void volume(Path tomogram, String name, int nx, int ny, int nz) {
        MrcWriter.write(tomogram.resolve(name), MrcForm.shrec(nx, ny, nz), MemoryVolume.zeros(name, nx, ny, nz, 10));
    }

    private void refused(Path path, String message) {
        assertThatThrownBy(() -> ShrecDataset.open(path))
                .isInstanceOf(InputException.class)
                .hasMessage(message);
    }

    @Test
    void tomogramsAreInTheOrderOfTheirNumbers() throws IOException {
        for (String name : new String[] {"model_10", "model_9", "model_0"}) {
            tomogram(name);
        }
        Files.createDirectory(folder.resolve("model_x"));
        ShrecDataset dataset = ShrecDataset.open(folder);
        assertThat(dataset.tomograms())
                .extracting(ShrecTomogram::name)
                .containsExactly("model_0", "model_9", "model_10");
        assertThat(dataset.tomogram("model_9").particles().particles())
                .singleElement()
                .satisfies(particle -> {
                    assertThat(particle.tomogram()).isEqualTo("model_9");
                    assertThat(particle.className()).isEqualTo("1bxn");
                });
        assertThatThrownBy(() -> dataset.tomogram("model_7"))
                .isInstanceOf(InputException.class)
                .hasMessage(folder + ": no tomogram \"model_7\"; there are model_0, model_9, model_10");
    }

    @Test
    void theReconstructionIsTallerByTwiceTheOffset() throws IOException {
        Path tomogram = tomogram("model_0");
        volume(tomogram, "grandmodel.mrc", 5, 4, 3);
        volume(tomogram, "class_mask.mrc", 5, 4, 3);
        volume(tomogram, "reconstruction.mrc", 5, 4, 9);
        ShrecTomogram opened = ShrecDataset.open(folder).tomogram("model_0");
        assertThat(opened.zOffset(Source.RECONSTRUCTION)).isEqualTo(3);
        assertThat(opened.zOffset(Source.GRANDMODEL)).isZero();
        try (MrcVolume volume = opened.open(Source.RECONSTRUCTION)) {
            assertThat(volume.size()).isEqualTo("5 x 4 x 9");
        }
        assertThatThrownBy(() -> opened.open(Source.NOISEFREE))
                .isInstanceOf(InputException.class)
                .hasMessage(
                        tomogram.resolve("grandmodel_noisefree.mrc") + ": missing; it is needed for --source noisefree;"
                                + " unpack the whole data set or choose another source");
    }

    @Test
    void sizesThatDoNotFitAreNamed() throws IOException {
        Path tomogram = tomogram("model_0");
        volume(tomogram, "reconstruction.mrc", 5, 4, 8);
        ShrecTomogram opened = ShrecDataset.open(folder).tomogram("model_0");
        assertThatThrownBy(() -> opened.zOffset(Source.RECONSTRUCTION))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(tomogram + ": the z offset of reconstruction.mrc cannot be told, as none of")
                .hasMessageEndingWith("is there; unpack at least class_mask.mrc");
        volume(tomogram, "grandmodel.mrc", 5, 4, 3);
        assertThatThrownBy(() -> opened.zOffset(Source.RECONSTRUCTION))
                .isInstanceOf(InputException.class)
                .hasMessage(tomogram.resolve("reconstruction.mrc") + ": 5 x 4 x 8 voxels do not fit the 5 x 4 x 3 of "
                        + tomogram.resolve("grandmodel.mrc")
                        + ": x and y must be equal and z larger by an even number; do both belong to one tomogram?");
    }

    @Test
    void badFoldersAreNamed() throws IOException {
        Path none = folder.resolve("none");
        refused(
                none,
                none
                        + ": no such folder; give the folder that holds model_0, model_1, ..., or bring SHREC 2020 there by:"
                        + " cryonext fetch shrec2020 --out " + none);
        Path file = Files.writeString(folder.resolve("data.zip"), "");
        refused(file, file + " is a file; give the folder that holds model_0, model_1, ...");
        refused(
                folder,
                folder
                        + ": no folder model_0, model_1, ... is in it (data.zip is still packed); give the folder of a SHREC"
                        + " 2020 data set, or make one with cryonext simulate");
        tomogram("model_0");
        Path half = Files.createDirectory(folder.resolve("model_1"));
        refused(
                folder,
                half.resolve("particle_locations.txt")
                        + ": missing; the data set is only partly unpacked (data.zip is still"
                        + " packed); unpack the rest, or take model_1 away");
        Files.writeString(half.resolve("particle_locations.txt"), "\n");
        ShrecDataset dataset = ShrecDataset.open(folder);
        assertThatThrownBy(() -> dataset.tomogram("model_1").particles())
                .isInstanceOf(InputException.class)
                .hasMessage(half.resolve("particle_locations.txt")
                        + ": no particle is in the list; check that it is the right file");
    }
}
