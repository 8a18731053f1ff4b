package org.cryonext.cryoet.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.cryonext.cryoet.triplet.Borders;
import org.cryonext.cryoet.triplet.Placement;
import org.cryonext.cryoet.triplet.SliceCutter;
import org.cryonext.cryoet.triplet.View;
import org.cryonext.cryoet.volume.MemoryVolume;
import org.cryonext.cryoet.volume.MrcForm;
import org.cryonext.cryoet.volume.MrcWriter;
import org.cryonext.cryoet.volume.Volume;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OwnDatasetTest {
    @TempDir
    private Path folder;

    /** A volume of the given voxels with a ball of 100 Angstrom radius around a point given in Angstrom. */
    private Path write(String name, int n, double voxel, double x, double y, double z) {
        return write(name, n, voxel, voxel, x, y, z);
    }

    /** The same with another voxel size in the header. */
    private Path write(String name, int n, double voxel, double header, double x, double y, double z) {
        MemoryVolume volume = MemoryVolume.zeros(name, n, n, n, voxel);
        for (int k = 0; k < n; k++) {
            for (int j = 0; j < n; j++) {
                for (int i = 0; i < n; i++) {
                    double a = (i + 0.5) * voxel - x;
                    double b = (j + 0.5) * voxel - y;
                    double c = (k + 0.5) * voxel - z;
                    volume.slice(k)[j * n + i] = a * a + b * b + c * c < 100 * 100 ? 1 : 0;
                }
            }
        }
        Path file = folder.resolve(name);
        MrcWriter.write(file, MrcForm.standard(n, n, n, header), volume);
        return file;
    }

    private Path list(String text) throws IOException {
        return Files.writeString(folder.resolve("particles.csv"), text);
    }

    private static DataPlace place(Path list) {
        return DataPlace.of(list);
    }

    @Test
    void tomogramsOfOtherVoxelsLookAlikeAfterRescaling() throws IOException {
        write("a.mrc", 60, 10, 304, 313, 291);
        write("b.mrc", 40, 15, 304, 313, 291);
        // The same place in Angstrom, in the voxels of each.
        Dataset dataset = Dataset.open(place(list("""
                tomogram,x,y,z,class
                a,29.9,30.8,28.6,ball
                b,19.7667,20.3667,18.9,ball
                """)));

        assertThat(dataset.isOwn()).isTrue();
        assertThat(dataset.names()).containsExactly("a", "b");
        assertThat(dataset.notes())
                .singleElement()
                .asString()
                .endsWith("b.mrc: its voxels of 15 Angstrom are rescaled to 10 Angstrom, those of the training");
        byte[][] slices = new byte[2][3 * SliceCutter.SLICE];
        for (int t = 0; t < 2; t++) {
            LabelledTomogram tomogram = dataset.tomograms().get(t);
            assertThat(tomogram.particles().particles()).hasSize(1);
            try (Volume volume = tomogram.open(Source.TOMOGRAM)) {
                assertThat(volume.nx()).isEqualTo(60);
                new SliceCutter(volume, tomogram.placement(Source.TOMOGRAM), View.PAPER, Borders.PAD)
                        .cut(tomogram.particles().particles().getFirst(), slices[t], 0);
            }
        }
        int differ = 0;
        int bright = 0;
        for (int i = 0; i < slices[0].length; i++) {
            differ += Math.abs((slices[0][i] & 0xFF) - (slices[1][i] & 0xFF)) > 127 ? 1 : 0;
            bright += (slices[0][i] & 0xFF) > 127 ? 1 : 0;
        }
        assertThat(bright).isGreaterThan(800);
        // The coarser ball has a blurred rim; without rescaling it would be smaller by more than half.
        assertThat(differ).isLessThan(bright / 10);
    }

    @Test
    void aSizeThatIsNotKnownIsTakenToBeThatOfTheOthers() throws IOException {
        write("a.mrc", 60, 10, 0, 304, 313, 291);
        write("b.mrc", 60, 10, 304, 313, 291);
        write("c.mrc", 40, 15, 1, 304, 313, 291);
        Path list = list("tomogram,x,y,z,class\na,30,31,29,ball\nb,30,31,29,ball\nc,20,21,19,ball\n");
        Dataset dataset = Dataset.open(place(list));
        assertThat(dataset.voxelSize()).isEqualTo(10);
        assertThat(dataset.notes())
                .filteredOn(note -> note.contains("taken to be"))
                .singleElement()
                .asString()
                .endsWith("a.mrc and 1 other tomogram: its voxel size is not known and taken to be 10 Angstrom, that of"
                        + " the training; if it differs, write it into the file, or give --voxel-size where all have"
                        + " the same");
        Dataset rescaled = Dataset.open(new DataPlace(list.toString(), null, 0, 8, false));
        assertThat(rescaled.voxelSize()).isEqualTo(8);
        assertThat(rescaled.notes())
                .anyMatch(
                        note -> note.contains("a.mrc and 1 other tomogram") && note.contains("taken to be 8 Angstrom"))
                .anyMatch(note -> note.contains("b.mrc: its voxels of 10 Angstrom are rescaled to 8"));
        Dataset stated = Dataset.open(new DataPlace(list.toString(), null, 1, 0, false));
        assertThat(stated.voxelSize()).as("as it was given").isEqualTo(1);
    }

    @Test
    void extractedSubtomogramsNeedNoTomogram() throws IOException {
        write("sub_1.mrc", 48, 10, 245, 245, 245);
        write("sub_2.mrc", 48, 10, 245, 245, 245);
        Path list = Files.writeString(folder.resolve("particles.star"), """
                data_particles

                loop_
                _rlnImageName
                _cryonextClass
                sub_1.mrc ball
                sub_2.mrc ball
                """);
        Dataset dataset = Dataset.open(place(list));

        assertThat(dataset.names()).containsExactly("subtomograms");
        assertThat(dataset.notes()).singleElement().asString().contains("taken from the middles of the subtomograms");
        LabelledTomogram group = dataset.tomograms().getFirst();
        Placement placement = group.placement(Source.TOMOGRAM);
        byte[] slices = new byte[3 * SliceCutter.SLICE];
        try (Volume volume = group.open(Source.TOMOGRAM)) {
            SliceCutter cutter = new SliceCutter(volume, placement, View.PAPER, Borders.SKIP);
            for (var particle : group.particles().particles()) {
                assertThat(cutter.accepts(particle)).isTrue();
                cutter.cut(particle, slices, 0);
                // The ball of 10 voxels lies in the middle of every slice.
                assertThat(slices[24 * 48 + 24]).isEqualTo((byte) 255);
                assertThat(slices[24 * 48 + 10]).isZero();
            }
        }
        Files.delete(folder.resolve("sub_2.mrc"));
        assertThatThrownBy(() -> Dataset.open(place(list)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("line 7: the subtomogram " + folder.resolve("sub_2.mrc") + " is not there");
    }

    @ParameterizedTest
    @CsvSource({"fine, coarse, 10, 20", "coarse, fine, 20, 10"})
    void subtomogramsOfOtherVoxelsLookAlikeInEitherOrder(String first, String second, double wanted, double other)
            throws IOException {
        write("fine.mrc", 48, 10, 245, 245, 245);
        write("coarse.mrc", 24, 20, 245, 245, 245);
        Path list = Files.writeString(folder.resolve("particles.star"), """
                data_particles

                loop_
                _rlnImageName
                _cryonextClass
                %s.mrc ball
                %s.mrc ball
                """.formatted(first, second));
        Dataset dataset = Dataset.open(place(list));
        assertThat(dataset.voxelSize()).isEqualTo(wanted);
        assertThat(dataset.notes())
                .anyMatch(note -> note.endsWith(second + ".mrc: its voxels of " + (int) other
                        + " Angstrom are rescaled to " + (int) wanted + " Angstrom, those of the training"));
        LabelledTomogram group = dataset.tomograms().getFirst();
        try (Volume volume = group.open(Source.TOMOGRAM)) {
            assertThat(volume.voxelSize()).isEqualTo(wanted);
            int cell = volume.nx();
            for (int i = 0; i < 2; i++) {
                float[] row = new float[cell];
                volume.read(0, cell / 2, i * cell + cell / 2, cell, 1, 1, row, 0);
                int inside = 0;
                for (float value : row) {
                    inside += value > 0.5 ? 1 : 0;
                }
                assertThat(inside * wanted).as("diameter in Angstrom").isCloseTo(200, within(wanted));
            }
        }
    }

    @Test
    void invertedAndStatedVoxels() throws IOException {
        write("a.mrc", 60, 10, 300, 310, 290);
        Path list = list("tomogram,x,y,z,class\na,30,31,29,ball\n");
        Dataset dataset = Dataset.open(new DataPlace(list.toString(), null, 20, 10, true));
        try (Volume volume = dataset.tomograms().getFirst().open(Source.TOMOGRAM)) {
            assertThat(volume.nx()).isEqualTo(120);
            assertThat(volume.get(60, 62, 58)).isCloseTo(-1, within(1e-6f));
        }
        assertThat(dataset.tomograms().getFirst().placement(Source.TOMOGRAM).scale())
                .isEqualTo(0.5);
    }

    @Test
    void contrastTellsBrightFromDark() throws IOException {
        write("a.mrc", 60, 10, 300, 310, 290);
        Path list = list("x,y,z,class\n29,30,28,ball\n30,30,28,ball\n29,31,28,ball\n");
        Dataset bright = Dataset.open(
                new DataPlace(list.toString(), folder.resolve("a.mrc").toString(), 0, 0, false));
        Dataset dark = Dataset.open(
                new DataPlace(list.toString(), folder.resolve("a.mrc").toString(), 0, 0, true));
        assertThat(bright.names()).as("called after the file").containsExactly("a");
        Contrast[] contrasts = new Contrast[2];
        for (int i = 0; i < 2; i++) {
            LabelledTomogram tomogram = (i == 0 ? bright : dark).tomograms().getFirst();
            try (Volume volume = tomogram.open(Source.TOMOGRAM)) {
                contrasts[i] = Contrast.of(
                        new Noisy(volume),
                        tomogram.placement(Source.TOMOGRAM),
                        tomogram.particles().particles());
            }
        }
        assertThat(contrasts[0].mean()).isGreaterThan(5);
        assertThat(contrasts[0].contradicts(contrasts[1])).isTrue();
        assertThat(contrasts[0].words()).startsWith("brighter (+");
        assertThat(contrasts[0].contradicts(contrasts[0])).isFalse();
        assertThat(contrasts[0].contradicts(new Contrast(-3, 2)))
                .as("not clear")
                .isFalse();
    }

    @Test
    void whatIsWrongIsNamed() throws IOException {
        write("a.mrc", 60, 10, 300, 310, 290);
        Path unnamed = list("x,y,z,class\n1,2,3,ball\n");
        assertThatThrownBy(() -> Dataset.open(place(unnamed)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("the list names no tomogram")
                .hasMessageContaining("--volumes");
        assertThatThrownBy(() -> Dataset.open(new DataPlace(folder.toString(), null, 10, 0, false)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(
                        "is a folder; --volumes, --voxel-size, --rescale, --invert and --binning go with a particle list");
        assertThatThrownBy(() -> new DataPlace("x", null, -1, 0, false))
                .isInstanceOf(InputException.class)
                .hasMessage("--voxel-size is -1.0, expected Angstrom above 0");
        assertThatThrownBy(() -> DataPlace.given("--rescale", 0.0))
                .isInstanceOf(InputException.class)
                .hasMessage("--rescale is 0.0, expected Angstrom above 0");
    }

    @Test
    void oneFileHoldsNoParticlesOfSeveralTomograms() throws IOException {
        Path file = write("a.mrc", 60, 10, 300, 310, 290);
        Path list = list("tomogram,x,y,z,class\na,1,2,3,ball\nb,1,2,3,ball\n");
        DataPlace one = new DataPlace(list.toString(), file.toString(), 0, 0, false);
        assertThatThrownBy(() -> Dataset.open(one))
                .isInstanceOf(InputException.class)
                .hasMessage(list + " has particles of 2 tomograms (a, b), but " + file
                        + " is one; give the folder that holds them all with --volumes");
        Path another = list("tomogram,x,y,z,class\nTS_07,1,2,3,ball\nTS_07,4,2,3,ball\n");
        assertThat(Dataset.open(new DataPlace(another.toString(), file.toString(), 0, 0, false))
                        .names())
                .as("a single tomogram may be called otherwise than its file")
                .containsExactly("TS_07");
    }

    private Path images(String before, String... images) throws IOException {
        StringBuilder text = new StringBuilder(before + "data_particles\n\nloop_\n_rlnImageName\n_cryonextClass\n");
        for (String image : images) {
            text.append(image).append(" ball\n");
        }
        return Files.writeString(folder.resolve("particles.star"), text);
    }

    @Test
    void imagesThatAreNoVolumesOfAParticleAreRefused() throws IOException {
        write("sub_1.mrc", 48, 10, 245, 245, 245);
        String again = "; extract again with 3D subtomograms";
        Path flagged = images("data_general\n\n_rlnTomoSubTomosAre2DStacks 1\n\n", "sub_1.mrc");
        assertThatThrownBy(() -> Dataset.open(place(flagged)))
                .isInstanceOf(InputException.class)
                .hasMessage(flagged + ": _rlnTomoSubTomosAre2DStacks is 1, so that _rlnImageName names stacks of 2D"
                        + " images, and a volume for each particle was expected" + again);
        for (String image : new String[] {"sub_2.mrcs", "Extract/1_stack2d.mrc"}) {
            Path list = images("", "sub_1.mrc", image);
            assertThatThrownBy(() -> Dataset.open(place(list)))
                    .isInstanceOf(InputException.class)
                    .hasMessage(list + " line 7: _rlnImageName is \"" + image
                            + "\", a stack of 2D images, and a volume for each particle was expected" + again);
        }
        Path unflagged = images("data_general\n\n_rlnTomoSubTomosAre2DStacks 0\n\n", "sub_1.mrc");
        assertThat(Dataset.open(place(unflagged)).names()).containsExactly("subtomograms");
    }

    @Test
    void aSubtomogramIsACube() throws IOException {
        write("sub_1.mrc", 48, 10, 245, 245, 245);
        Path flat = folder.resolve("sub_2.mrc");
        MemoryVolume volume = MemoryVolume.zeros("flat", 48, 48, 41, 10);
        volume.slice(20)[0] = 1;
        MrcWriter.write(flat, MrcForm.standard(48, 48, 41, 10), volume);
        LabelledTomogram group = Dataset.open(place(images("", "sub_1.mrc", "sub_2.mrc")))
                .tomograms()
                .getFirst();
        assertThatThrownBy(() -> group.placement(Source.TOMOGRAM))
                .isInstanceOf(InputException.class)
                .hasMessage(flat + ": 48 x 48 x 41 voxels, and a subtomogram is a cube with its particle in the middle;"
                        + " give extracted 3D subtomograms, or a list with the particles' coordinates in their"
                        + " tomograms");
    }

    /** As RELION 4 writes it: the pixel of the tilt series stands in the optics, coordinates are pixels of that size. */
    private Path relion4(String... tomograms) throws IOException {
        StringBuilder text = new StringBuilder("""
                data_optics

                loop_
                _rlnOpticsGroup
                _rlnTomoTiltSeriesPixelSize
                1 2.0
                2 2.5

                data_particles

                loop_
                _rlnTomoName
                _rlnCoordinateX
                _rlnCoordinateY
                _rlnCoordinateZ
                _rlnOpticsGroup
                _cryonextClass
                """);
        for (String tomogram : tomograms) {
            text.append(tomogram).append(" 40 44 52 2 ball\n");
        }
        return Files.writeString(folder.resolve("particles.star"), text);
    }

    @Test
    void pixelsOfAnotherSizeThanTheVoxelsAreNoted() throws IOException {
        for (String name : List.of("a.mrc", "b.mrc", "c.mrc")) {
            write(name, 60, 10, 300, 310, 290);
        }
        assertThat(Dataset.open(place(relion4("a", "b", "c"))).notes())
                .containsExactly(folder.resolve("a.mrc")
                        + " and 2 other tomograms: its voxels of 10 Angstrom are 4 times as large as the pixels of 2.5"
                        + " Angstrom that the list's optics name (_rlnTomoTiltSeriesPixelSize), and the coordinates are"
                        + " taken as voxels; if they are unbinned pixels, as RELION 4 writes them, give --binning 4");
        Path bin1 = relion4("a");
        assertThat(Dataset.open(new DataPlace(bin1.toString(), null, 2.5, 0, false))
                        .notes())
                .as("the tomogram is not binned")
                .isEmpty();
        Dataset divided = Dataset.open(new DataPlace(bin1.toString(), null, 0, 0, false, 4.0));
        assertThat(divided.notes()).isEmpty();
        assertThat(divided.tomograms()
                        .getFirst()
                        .particles()
                        .particles()
                        .getFirst()
                        .position())
                .isEqualTo("(10, 11, 13)");
    }

    /** A volume with a little of a pattern on it, so that a background has a deviation. */
    private record Noisy(Volume volume) implements Volume {
        @Override
        public String name() {
            return volume.name();
        }

        @Override
        public int nx() {
            return volume.nx();
        }

        @Override
        public int ny() {
            return volume.ny();
        }

        @Override
        public int nz() {
            return volume.nz();
        }

        @Override
        public double voxelSize() {
            return volume.voxelSize();
        }

        @Override
        public float get(int x, int y, int z) {
            return volume.get(x, y, z) + ((x + y + z) % 2 == 0 ? 0.1f : -0.1f);
        }

        @Override
        public void read(int x, int y, int z, int width, int height, int depth, float[] out, int at) {
            for (int i = 0; i < width * height * depth; i++) {
                out[at + i] = get(x + i % width, y + i / width % height, z + i / width / height);
            }
        }

        @Override
        public void close() {}
    }
}
