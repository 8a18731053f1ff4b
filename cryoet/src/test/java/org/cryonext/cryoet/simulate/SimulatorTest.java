package org.cryonext.cryoet.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.cryonext.cryoet.dataset.AlignmentCheck;
import org.cryonext.cryoet.dataset.ShrecDataset;
import org.cryonext.cryoet.dataset.ShrecTomogram;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimulatorTest {
    private static final VolumeSize SIZE = new VolumeSize(96, 80, 64);
    private static final int PARTICLES = 20;
    private static final List<String> VOLUMES = List.of(
            "grandmodel",
            "grandmodel_noisefree",
            "class_mask",
            "class_bbox",
            "occupancy_mask",
            "occupancy_bbox",
            "reconstruction",
            "projections",
            "projections_noisefree");

    @TempDir
    private static Path shared;

    @TempDir
    private Path folder;

    @BeforeAll
    static void simulate() {
        Simulator.run(shared.resolve("data"), settings(2, 0.05, 2), Progress.none(), text -> {});
    }

    private static SimulationSettings settings(int tomograms, double snr, int threads) {
        return new SimulationSettings(tomograms, SIZE, OptionalInt.of(PARTICLES), snr, 11, Optional.empty(), threads);
    }

    private static Path model(int number) {
        return shared.resolve("data").resolve("model_" + number);
    }

    private static float[] volume(String name) throws IOException {
        byte[] bytes = Files.readAllBytes(model(0).resolve(name + ".mrc"));
        float[] values = new float[(bytes.length - 1024) / 4];
        ByteBuffer.wrap(bytes, 1024, bytes.length - 1024)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(values);
        return values;
    }

    private static List<Particle> particles() {
        return ShrecDataset.open(shared.resolve("data"))
                .tomograms()
                .getFirst()
                .particles()
                .particles();
    }

    @Test
    void filesAndHeadersAreShrecs() throws IOException {
        try (var files = Files.list(model(0))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(Stream.concat(
                                    VOLUMES.stream().map(name -> name + ".mrc"), Stream.of("particle_locations.txt"))
                            .toList());
        }
        for (String name : VOLUMES) {
            int nz = name.startsWith("projections") ? 41 : name.equals("reconstruction") ? 96 : 64;
            byte[] bytes = Files.readAllBytes(model(0).resolve(name + ".mrc"));
            assertThat(bytes).hasSize(1024 + 4 * 96 * 80 * nz);
            ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            assertThat(new int[] {header.getInt(0), header.getInt(4), header.getInt(8), header.getInt(12)})
                    .containsExactly(96, 80, nz, 2);
            assertThat(new float[] {header.getFloat(40), header.getFloat(44), header.getFloat(48)})
                    .containsExactly(96, 80, nz);
            assertThat(new int[] {header.getInt(64), header.getInt(68), header.getInt(72)})
                    .containsExactly(1, 2, 3);
            assertThat(Arrays.copyOfRange(bytes, 208, 216)).containsExactly(0, 0, 0, 0, 0x44, 0x41, 0, 0);
        }
    }

    @Test
    void theParticleListHasShrecsForm() throws IOException {
        List<String> lines = Files.readAllLines(model(0).resolve("particle_locations.txt"));
        assertThat(lines).hasSize(PARTICLES);
        assertThat(lines).allMatch(line -> line.matches("\\w{4} \\d+ \\d+ \\d+( \\d+\\.\\d{3}){3}"));
    }

    @Test
    void masksAgreeWithTheList() throws IOException {
        float[] occupancy = volume("occupancy_mask");
        float[] classes = volume("class_mask");
        float[] boxes = volume("occupancy_bbox");
        float[] boxClasses = volume("class_bbox");
        List<Particle> particles = particles();
        double[] voxels = new double[PARTICLES + 1];
        for (int i = 0; i < occupancy.length; i++) {
            assertThat(classes[i]).isEqualTo(classId(particles, (int) occupancy[i]));
            assertThat(boxClasses[i]).isEqualTo(classId(particles, (int) boxes[i]));
            voxels[(int) occupancy[i]]++;
        }
        for (int k = 1; k <= PARTICLES; k++) {
            String name = particles.get(k - 1).className();
            double expected = Protein.SHREC_2020.stream()
                    .filter(protein -> protein.name().equals(name))
                    .findFirst()
                    .orElseThrow()
                    .volume();
            assertThat(voxels[k]).as(name).isCloseTo(expected, within(0.2 * expected));
        }
    }

    private static float classId(List<Particle> particles, int number) {
        return number == 0
                ? 0
                : 1
                        + Protein.SHREC_2020.stream()
                                .map(Protein::name)
                                .toList()
                                .indexOf(particles.get(number - 1).className());
    }

    @Test
    void theVolumeHoldsTheMassesOfItsParticles() throws IOException {
        double contrast = 0;
        for (float value : volume("grandmodel_noisefree")) {
            contrast += value - 0.15f;
        }
        double mass = 0;
        for (Particle particle : particles()) {
            mass += Protein.SHREC_2020.stream()
                    .filter(protein -> protein.name().equals(particle.className()))
                    .findFirst()
                    .orElseThrow()
                    .mass();
        }
        // 0.242 - 0.15 is the contrast of a nm^3 full of protein, which weighs 0.825 kDa.
        assertThat(contrast / 0.092 * 0.825).isCloseTo(mass, within(0.01 * mass));
    }

    @Test
    void noiseFreeProjectionsAreTheSumsAtTiltZero() throws IOException {
        float[] projections = volume("projections_noisefree");
        float[] truth = volume("grandmodel_noisefree");
        for (int i = 0; i < 96 * 80; i += 7) {
            double sum = 0;
            for (int z = 0; z < 64; z++) {
                sum += truth[z * 96 * 80 + i];
            }
            assertThat((double) projections[20 * 96 * 80 + i]).isCloseTo(sum, within(1e-3));
        }
    }

    /** Protein is dark, a particle lies at its z plus the offset, and nothing is mirrored. */
    @Test
    void theReconstructionFitsTheGroundTruth() throws IOException {
        float[] truth = volume("grandmodel_noisefree");
        float[] reconstruction = volume("reconstruction");
        double atPlace = correlation(truth, reconstruction, 16);
        assertThat(atPlace).isLessThan(-0.03);
        for (int offset : new int[] {0, 11, 14, 15, 17, 18, 21, 32}) {
            assertThat(Math.abs(correlation(truth, reconstruction, offset))).isLessThan(Math.abs(atPlace));
        }
        ShrecTomogram tomogram =
                ShrecDataset.open(shared.resolve("data")).tomograms().getFirst();
        assertThat(tomogram.zOffset(Source.RECONSTRUCTION)).isEqualTo(16);
        AlignmentCheck check = AlignmentCheck.of(tomogram);
        assertThat(check.looksMirrored()).isFalse();
        assertThat(Math.abs(check.direct())).isGreaterThan(3 * Math.abs(check.mirrored()));
    }

    private static double correlation(float[] truth, float[] reconstruction, int zOffset) {
        int from = zOffset * 96 * 80;
        double meanA = Density.sum(truth) / truth.length;
        double meanB = Density.sum(Arrays.copyOfRange(reconstruction, from, from + truth.length)) / truth.length;
        double products = 0;
        double squaresA = 0;
        double squaresB = 0;
        for (int i = 0; i < truth.length; i++) {
            double a = truth[i] - meanA;
            double b = reconstruction[from + i] - meanB;
            products += a * b;
            squaresA += a * a;
            squaresB += b * b;
        }
        return products / Math.sqrt(squaresA * squaresB);
    }

    @Test
    void equalSeedsGiveEqualBytesWithAnyNumberOfThreads() throws IOException {
        Simulator.run(folder.resolve("one"), settings(1, 0.05, 1), Progress.none(), text -> {});
        Simulator.run(folder.resolve("three"), settings(1, 0.05, 3), Progress.none(), text -> {});
        for (String threads : List.of("one", "three")) {
            assertThat(sameFiles(folder.resolve(threads).resolve("model_0"), model(0)))
                    .isTrue();
        }
        assertThat(sameFiles(model(1), model(0))).isFalse();
    }

    @Test
    void aStoppedRunIsContinued() throws IOException {
        Path out = folder.resolve("data");
        Simulator.run(out, settings(1, 0.05, 2), Progress.none(), text -> {});
        Files.createDirectory(out.resolve("model_1.part"));
        Files.writeString(out.resolve("model_1.part").resolve("grandmodel.mrc"), "half a file");
        Files.writeString(out.resolve("model_0").resolve("grandmodel.mrc"), "left alone");
        List<Path> folders = Simulator.run(out, settings(2, 0.05, 2), Progress.none(), text -> {});
        assertThat(folders).containsExactly(out.resolve("model_0"), out.resolve("model_1"));
        assertThat(out.resolve("model_0").resolve("grandmodel.mrc")).hasContent("left alone");
        assertThat(sameFiles(out.resolve("model_1"), model(1))).isTrue();
        assertThat(out.resolve("model_1.part")).doesNotExist();
    }

    @Test
    void refusesAFolderOfOtherSettings() {
        assertThatThrownBy(
                        () -> Simulator.run(shared.resolve("data"), settings(2, 0.02, 2), Progress.none(), text -> {}))
                .isInstanceOf(InputException.class)
                .hasMessage(shared.resolve("data") + " holds a simulation of other settings: snr is 0.05 there and 0.02"
                        + " now; choose another folder or delete this one");
        assertThatThrownBy(
                        () -> Simulator.run(shared.resolve("data"), settings(1, 0.05, 2), Progress.none(), text -> {}))
                .hasMessageContaining("tomograms is 2 there and 1 now");
    }

    /** Defocus, tilts and noise change the images of the specimen, and the specimen not at all. */
    @Test
    void theImagingLeavesTheSpecimenAsItIs() throws IOException {
        Path out = folder.resolve("otherwise");
        Imaging imaging = new Imaging(0.02, 1.5, 40);
        Simulator.run(out, imagedBy(imaging), Progress.none(), text -> {});
        Path otherwise = out.resolve("model_0");
        for (String same : List.of("grandmodel", "grandmodel_noisefree", "class_mask", "occupancy_mask")) {
            assertThat(Files.mismatch(otherwise.resolve(same + ".mrc"), model(0).resolve(same + ".mrc")))
                    .as(same)
                    .isNegative();
        }
        assertThat(Files.mismatch(
                        otherwise.resolve("particle_locations.txt"), model(0).resolve("particle_locations.txt")))
                .isNegative();
        byte[] projections = Files.readAllBytes(otherwise.resolve("projections_noisefree.mrc"));
        int tilts = 27;
        assertThat(projections).hasSize(1024 + 4 * 96 * 80 * tilts);
        // The middle image is the one at tilt 0 in both.
        int image = 4 * 96 * 80;
        byte[] shrec = Files.readAllBytes(model(0).resolve("projections_noisefree.mrc"));
        assertThat(Arrays.copyOfRange(projections, 1024 + 13 * image, 1024 + 14 * image))
                .isEqualTo(Arrays.copyOfRange(shrec, 1024 + 20 * image, 1024 + 21 * image));
        assertThat(SimulatedData.of(out).orElseThrow().imaging()).isEqualTo(imaging);
        assertThat(SimulatedData.of(folder)).isEmpty();
    }

    @Test
    void eachPartOfTheImagingActsOnTheReconstruction() throws IOException {
        Imaging[] other = {
            Imaging.SHREC.withSnr(0.02), Imaging.SHREC.withDefocus(2), Imaging.SHREC.withMaxTilt(50),
        };
        for (int i = 0; i < other.length; i++) {
            Path out = folder.resolve("other" + i);
            Simulator.run(out, imagedBy(other[i]), Progress.none(), text -> {});
            assertThat(Files.mismatch(
                            out.resolve("model_0/reconstruction.mrc"), model(0).resolve("reconstruction.mrc")))
                    .as(other[i].toString())
                    .isNotNegative();
        }
    }

    private static SimulationSettings imagedBy(Imaging imaging) {
        return new SimulationSettings(1, SIZE, OptionalInt.of(PARTICLES), imaging, 11, Optional.empty(), 2);
    }

    /** Before defocus and tilts could be chosen, simulation.json said nothing of them. */
    @Test
    void aFolderOfAnEarlierVersionIsContinuedAsShrecs() throws IOException {
        Path out = folder.resolve("data");
        Simulator.run(out, settings(1, 0.05, 2), Progress.none(), text -> {});
        Path description = out.resolve("simulation.json");
        String earlier = Files.readString(description).replaceAll("\\s*\"(defocus|max_tilt)\" : [0-9.]+,", "");
        assertThat(earlier).doesNotContain("defocus", "max_tilt").contains("snr");
        Files.writeString(description, earlier);
        assertThat(SimulatedData.of(out).orElseThrow().imaging()).isEqualTo(Imaging.SHREC);
        assertThatThrownBy(
                        () -> Simulator.run(out, imagedBy(Imaging.SHREC.withDefocus(2)), Progress.none(), text -> {}))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("defocus is 3.0 there and 2.0 now");
        assertThat(Simulator.run(out, settings(1, 0.05, 2), Progress.none(), text -> {}))
                .hasSize(1);
        assertThat(description).content().contains("\"defocus\" : 3.0", "\"max_tilt\" : 60.0");
    }

    @Test
    void aDamagedDescriptionIsNamed() throws IOException {
        Path file = folder.resolve("simulation.json");
        Files.writeString(file, "{\"snr\": 0.05, \"seed\": \"one\"}");
        assertThatThrownBy(() -> SimulatedData.of(folder))
                .isInstanceOf(InputException.class)
                .hasMessage(file + ": seed is missing or not a number; restore the file");
    }

    @Test
    void discardingLeavesWhatIsNotSimulated() throws IOException {
        Path out = folder.resolve("data");
        Simulator.run(out, settings(1, 0.05, 2), Progress.none(), text -> {});
        Files.createDirectory(out.resolve("model_1.part"));
        Files.writeString(out.resolve("model_1.part").resolve("grandmodel.mrc"), "half a file");
        Path note = Files.writeString(out.resolve("notes.txt"), "mine");
        Simulator.discard(out);
        assertThat(out).isDirectoryNotContaining(path -> !path.equals(note));
        Files.delete(note);
        Simulator.discard(out);
        assertThat(out).doesNotExist();
    }

    @Test
    void refusesAFolderWithSomethingElse() throws IOException {
        Files.writeString(folder.resolve("thesis.tex"), "");
        assertThatThrownBy(() -> Simulator.run(folder, settings(1, 0.05, 2), Progress.none(), text -> {}))
                .isInstanceOf(InputException.class)
                .hasMessage(
                        folder + " is not empty and holds no simulation.json of an earlier simulation; choose another"
                                + " folder or empty this one");
    }

    @Test
    void aRunThatFailedAtItsFirstTomogramMayBeTriedAgain() {
        Path out = folder.resolve("data");
        SimulationSettings crowded =
                new SimulationSettings(1, SIZE, OptionalInt.of(600), 0.05, 11, Optional.empty(), 2);
        assertThatThrownBy(() -> Simulator.run(out, crowded, Progress.none(), text -> {}))
                .hasMessageContaining("of 600 particles found room");
        assertThat(out).doesNotExist();
        assertThat(Simulator.run(out, settings(1, 0.05, 2), Progress.none(), text -> {}))
                .hasSize(1);
    }

    @Test
    void refusesAFileAsTheFolder() throws IOException {
        Path file = Files.writeString(folder.resolve("data"), "");
        assertThatThrownBy(() -> Simulator.run(file, settings(1, 0.05, 2), Progress.none(), text -> {}))
                .isInstanceOf(InputException.class)
                .hasMessage(file + " is a file; give a folder for the tomograms");
    }

    @Test
    void saysBeforehandWhatMemoryIsMissing() {
        VolumeSize huge = new VolumeSize(1024, 1024, 1024);
        SimulationSettings settings =
                new SimulationSettings(1, huge, OptionalInt.empty(), 0.05, 1, Optional.empty(), 2);
        assertThatThrownBy(() -> Simulator.run(folder.resolve("huge"), settings, Progress.none(), text -> {}))
                .isInstanceOf(InputException.class)
                .hasMessageMatching(
                        "A tomogram of 1024 x 1024 x 1024 voxels needs \\d+ MiB of memory and \\d+ MiB may be"
                                + " used; give more with --memory or a smaller --size");
        assertThat(folder.resolve("huge")).doesNotExist();
    }

    private static boolean sameFiles(Path a, Path b) throws IOException {
        for (String name : VOLUMES) {
            if (Files.mismatch(a.resolve(name + ".mrc"), b.resolve(name + ".mrc")) >= 0) {
                return false;
            }
        }
        return Files.mismatch(a.resolve("particle_locations.txt"), b.resolve("particle_locations.txt")) < 0;
    }
}
