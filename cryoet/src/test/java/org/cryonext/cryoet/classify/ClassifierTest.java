package org.cryonext.cryoet.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.cryonext.cryoet.metrics.Prediction;
import org.cryonext.cryoet.network.Mirrors;
import org.cryonext.cryoet.particle.ParticleList;
import org.cryonext.cryoet.particle.ParticleReader;
import org.cryonext.cryoet.run.Calibration;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.cryoet.run.TinyRun;
import org.cryonext.cryoet.star.StarDocument;
import org.cryonext.cryoet.star.StarReader;
import org.cryonext.cryoet.star.StarTable;
import org.cryonext.cryoet.train.TinyData;
import org.cryonext.cryoet.volume.MemoryVolume;
import org.cryonext.cryoet.volume.MrcForm;
import org.cryonext.cryoet.volume.MrcVolume;
import org.cryonext.cryoet.volume.MrcWriter;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClassifierTest {
    private static final int PARTICLES = 10;

    @TempDir
    private static Path shared;

    @TempDir
    private Path folder;

    private final List<String> said = new ArrayList<>();

    private static Path data;
    private static Path run;

    @BeforeAll
    static void makeDataAndRun() throws IOException {
        data = TinyData.write(shared.resolve("data"), 3, PARTICLES);
        run = TinyRun.write(shared.resolve("run"), data, TinyData.CLASSES);
    }

    private Classification classify(Path tomogram, Path list, Path out, String select, Integer zOffset) {
        return classify(tomogram, list, out, select, zOffset, 4);
    }

    private Classification classify(Path tomogram, Path list, Path out, String select, Integer zOffset, int batch) {
        return classify(new ClassifySettings(
                run,
                tomogram,
                list,
                out,
                select == null ? null : List.of(select),
                null,
                null,
                null,
                zOffset,
                false,
                batch));
    }

    private Classification classify(ClassifySettings settings) {
        try (Backend backend = new CpuBackend(1)) {
            return Classifier.run(settings, backend, Progress.none(), said::add);
        }
    }

    private AbstractThrowableAssert<?, ?> refusal(Path tomogram, Path list) {
        Path out = folder.resolve("refused");
        var refusal = assertThatThrownBy(() -> classify(tomogram, list, out, null, null))
                .isInstanceOf(InputException.class);
        assertThat(out).doesNotExist();
        return refusal;
    }

    private Path list(String name, String... lines) throws IOException {
        return Files.write(folder.resolve(name), List.of(lines));
    }

    private static Path model(int number) {
        return data.resolve("model_" + number);
    }

    private static Path shrecList(int number) {
        return model(number).resolve("particle_locations.txt");
    }

    /** The particles of all tomograms in turn, as CSV. */
    private Path csvOfAll() throws IOException {
        List<String> lines = new ArrayList<>(List.of("tomogram,x,y,z,score"));
        for (int p = 0; p < PARTICLES; p++) {
            for (int t = 0; t < 3; t++) {
                String[] words = Files.readAllLines(shrecList(t)).get(p).split("\\s+");
                lines.add("model_" + t + "," + words[1] + "," + words[2] + "," + words[3] + ",0." + p);
            }
        }
        return list("all.csv", lines.toArray(String[]::new));
    }

    @Test
    void writesListAndProbabilitiesOfShrecsText() throws IOException {
        Classification result =
                classify(model(2).resolve("grandmodel.mrc"), shrecList(2), folder.resolve("out"), null, null);
        assertThat(result.written()).isEqualTo(PARTICLES);
        assertThat(result.counts())
                .satisfies(counts -> assertThat(Arrays.stream(counts).sum()).isEqualTo(PARTICLES));
        assertThat(result.star()).isEqualTo(folder.resolve("out/particle_locations_classified.star"));
        StarTable table = StarReader.read(result.star()).table("particles").orElseThrow();
        assertThat(table.columns())
                .containsExactly(
                        "rlnCoordinateX",
                        "rlnCoordinateY",
                        "rlnCoordinateZ",
                        "pdb",
                        "rot_Z1",
                        "rot_X",
                        "rot_Z2",
                        "rlnClassNumber",
                        "cryonextClass",
                        "cryonextProbability");
        List<String> csv = Files.readAllLines(result.csv());
        assertThat(csv).hasSize(1 + PARTICLES);
        assertThat(csv.getFirst()).isEqualTo("tomogram,x,y,z,class,probability,p_large,p_medium,p_small");
        for (int i = 0; i < PARTICLES; i++) {
            Prediction prediction = result.predictions().get(i);
            String name = TinyData.CLASSES.get(prediction.predicted());
            assertThat(table.get(i, "cryonextClass")).isEqualTo(name);
            assertThat(table.get(i, "rlnClassNumber")).isEqualTo(Integer.toString(prediction.predicted() + 1));
            assertThat(csv.get(1 + i)).startsWith("model_2,").contains("," + name + ",");
        }
        // What is odd about every file of this layout is no news.
        assertThat(said).isEmpty();
    }

    /** Nor does it ask for the memory of more: so many particles at once would not fit. */
    @Test
    void aBatchIsNoLargerThanWhatThereIsToClassify() throws IOException {
        Path tomogram = model(2).resolve("grandmodel.mrc");
        Classification four = classify(tomogram, shrecList(2), folder.resolve("four"), null, null);
        Classification all = classify(tomogram, shrecList(2), folder.resolve("all"), null, null, 20_000_000);
        assertThat(all.predictions()).usingRecursiveComparison().isEqualTo(four.predictions());
    }

    @Test
    void whatIsLikeNoneOfTheClassesIsMarked() throws IOException {
        Path own = TinyRun.write(folder.resolve("own"), data, TinyData.CLASSES);
        Path tomogram = model(2).resolve("grandmodel.mrc");
        ClassifySettings settings = new ClassifySettings(
                own,
                tomogram,
                shrecList(2),
                folder.resolve("marked"),
                null,
                null,
                null,
                null,
                null,
                null,
                false,
                4,
                0.1,
                Mirrors.NONE);
        assertThatThrownBy(() -> classify(settings))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("--reject needs the energies of the run's validation particles");
        Classification plain = classify(new ClassifySettings(
                own, tomogram, shrecList(2), folder.resolve("plain"), null, null, null, null, null, false, 4));
        // The energies of three nearly equal logits are about -log(3): half the validation particles were below -1.1.
        List<Double> energies = new ArrayList<>();
        for (int percent = 0; percent <= 100; percent++) {
            energies.add(-1.2 + percent * 2e-3);
        }
        new RunFolder(own).write(new Calibration(2, 9, 1, 1, 0.5, 0.1, energies));
        Classification marked = classify(settings);
        assertThat(marked.rejection().threshold()).isCloseTo(-1.02, within(1e-9));
        StarTable table = StarReader.read(marked.star()).table("particles").orElseThrow();
        List<String> csv = Files.readAllLines(marked.csv());
        assertThat(csv.getFirst())
                .isEqualTo("tomogram,x,y,z,class,energy,rejected,probability,p_large,p_medium,p_small");
        for (int i = 0; i < PARTICLES; i++) {
            double energy = Double.parseDouble(table.get(i, "cryonextEnergy"));
            assertThat(table.get(i, "cryonextRejected")).isEqualTo(energy > -1.02 ? "1" : "0");
            assertThat(marked.predictions().get(i).predicted())
                    .isEqualTo(plain.predictions().get(i).predicted());
            assertThat(marked.predictions().get(i).probability())
                    .as("at a temperature of 2")
                    .isLessThan(plain.predictions().get(i).probability());
        }
        Classification again = classify(new ClassifySettings(
                own, tomogram, marked.star(), folder.resolve("again"), null, null, null, null, null, false, 4));
        assertThat(StarReader.read(again.star())
                        .table("particles")
                        .orElseThrow()
                        .columns())
                .as("what an earlier run said of rejection is not this one's")
                .contains("cryonextClass")
                .doesNotContain("cryonextEnergy", "cryonextRejected");
        assertThatThrownBy(() -> new ClassifySettings(
                        own,
                        tomogram,
                        shrecList(2),
                        folder,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        false,
                        4,
                        1.0,
                        Mirrors.NONE))
                .hasMessageStartingWith("--reject is 1.0, expected a share");
    }

    @Test
    void aFolderGivesEveryParticleTheAnswerOfItsOwnTomogram() throws IOException {
        Classification all = classify(data, csvOfAll(), folder.resolve("all"), null, null);
        assertThat(said).noneMatch(note -> note.contains("MAP identifier"));
        Path plain = Files.createDirectory(folder.resolve("plain"));
        for (int t = 0; t < 3; t++) {
            Files.copy(model(t).resolve("grandmodel.mrc"), plain.resolve("model_" + t + ".mrc"));
        }
        classify(plain, csvOfAll(), folder.resolve("of-files"), null, null);
        assertThat(said)
                .filteredOn(note -> note.contains("MAP identifier"))
                .singleElement()
                .asString()
                .contains("model_0.mrc and 2 other tomograms: the MAP");
        for (int t = 0; t < 3; t++) {
            Classification own = classify(model(t), shrecList(t), folder.resolve("own" + t), null, null);
            for (int p = 0; p < PARTICLES; p++) {
                Prediction expected = own.predictions().get(p);
                Prediction found = all.predictions().get(3 * p + t);
                assertThat(found.probabilities()).isEqualTo(expected.probabilities());
                assertThat(found.tomogram()).isEqualTo("model_" + t);
            }
        }
        StarTable table = StarReader.read(all.star()).table("particles").orElseThrow();
        assertThat(table.columns())
                .startsWith("rlnTomoName", "rlnCoordinateX", "rlnCoordinateY", "rlnCoordinateZ", "score");
        assertThat(table.get(4, "score")).isEqualTo("0.1");
    }

    @Test
    void aStarFileKeepsEveryBlockAndColumn() throws IOException {
        Path star = list(
                "picks.star",
                "data_optics",
                "",
                "loop_",
                "_rlnOpticsGroup #1",
                "_rlnOpticsGroupName #2",
                "1 \"group one\"",
                "",
                "data_particles",
                "",
                "loop_",
                "_rlnTomoName #1",
                "_rlnCoordinateX #2",
                "_rlnCoordinateY #3",
                "_rlnCoordinateZ #4",
                "_rlnClassNumber #5",
                "_rlnAngleRot #6",
                "model_0 20.25 20 20 77 12.500000",
                "model_1 10 11 12 78 -3.250000");
        Classification result = classify(data, star, folder.resolve("done.csv"), null, null);
        assertThat(result.star()).isEqualTo(folder.resolve("done.star"));
        assertThat(result.csv()).isEqualTo(folder.resolve("done.csv"));
        StarDocument document = StarReader.read(result.star());
        assertThat(document.table("optics").orElseThrow().get(0, "rlnOpticsGroupName"))
                .isEqualTo("group one");
        StarTable table = document.table("particles").orElseThrow();
        assertThat(table.columns())
                .containsExactly(
                        "rlnTomoName",
                        "rlnCoordinateX",
                        "rlnCoordinateY",
                        "rlnCoordinateZ",
                        "rlnClassNumber",
                        "rlnAngleRot",
                        "cryonextClass",
                        "cryonextProbability");
        assertThat(table.get(0, "rlnCoordinateX")).isEqualTo("20.25");
        assertThat(table.get(0, "rlnAngleRot")).isEqualTo("12.500000");
        assertThat(table.get(0, "rlnClassNumber")).isBetween("1", "3");
    }

    @Test
    void centredCoordinatesAreMeasuredAgainstTheTomogram() throws IOException {
        Path plain = list("plain.csv", "x,y,z", "24,20,18");
        Path centred = list(
                "centred.star",
                "data_particles",
                "loop_",
                "_rlnCenteredCoordinateXAngst",
                "_rlnCenteredCoordinateYAngst",
                "_rlnCenteredCoordinateZAngst",
                "40 0 -20");
        Path tomogram = model(0).resolve("grandmodel.mrc");
        Classification expected = classify(tomogram, plain, folder.resolve("a"), null, null);
        Classification found = classify(new ClassifySettings(
                run, tomogram, centred, folder.resolve("b"), null, null, null, 10.0, null, false, 4));
        assertThat(found.predictions().getFirst().x()).isEqualTo(24);
        assertThat(found.predictions().getFirst().probabilities())
                .isEqualTo(expected.predictions().getFirst().probabilities());
        assertThat(said).anyMatch(note -> note.contains("centred coordinates are read as RELION's extraction"));
        // SHREC's headers say 1 Angstrom where it is 10.
        refusal(tomogram, centred)
                .hasMessage(
                        tomogram + ": the voxel size is not known (the header says 1 Angstrom, as programs write that"
                                + " do not know it), and centred coordinates (rlnCenteredCoordinateXAngst) need it; give"
                                + " --voxel-size in Angstrom");
    }

    @Test
    void coordinatesInUnbinnedPixelsAreDivided() throws IOException {
        Path tomogram = folder.resolve("a.mrc");
        try (var volume = MrcVolume.open(model(0).resolve("grandmodel.mrc"))) {
            MrcWriter.write(tomogram, MrcForm.standard(40, 40, 40, 10), volume);
        }
        Path binned = list("binned.csv", "x,y,z", "10,11,13");
        Path unbinned = list(
                "unbinned.star",
                "data_optics",
                "loop_",
                "_rlnOpticsGroup",
                "_rlnTomoTiltSeriesPixelSize",
                "1 4",
                "data_particles",
                "loop_",
                "_rlnCoordinateX",
                "_rlnCoordinateY",
                "_rlnCoordinateZ",
                "_rlnOpticsGroup",
                "25 27.5 32.5 1");
        Classification expected = classify(tomogram, binned, folder.resolve("a"), null, null);
        said.clear();
        Classification found = classify(binning(tomogram, unbinned, 2.5));
        assertThat(said).isEmpty();
        assertThat(found.predictions().getFirst().probabilities())
                .isEqualTo(expected.predictions().getFirst().probabilities());
        assertThat(found.predictions().getFirst().z()).isEqualTo(13);
        assertThat(StarReader.read(found.star())
                        .table("particles")
                        .orElseThrow()
                        .get(0, "rlnCoordinateZ"))
                .as("the list stays as it is")
                .isEqualTo("32.5");
        String sizes =
                tomogram + ": its voxels of 10 Angstrom are 2.5 times as large as the pixels of 4 Angstrom that the"
                        + " list's optics name (_rlnTomoTiltSeriesPixelSize), and the coordinates are ";
        classify(binning(tomogram, unbinned, null));
        assertThat(said)
                .containsExactly(sizes + "taken as voxels; if they are unbinned pixels, as RELION 4 writes them, give"
                        + " --binning 2.5");
        said.clear();
        classify(binning(tomogram, unbinned, 2.0));
        assertThat(said).containsExactly(sizes + "divided by 2; if that is not meant, give --binning 2.5");
        said.clear();
        Files.writeString(unbinned, Files.readString(unbinned).replace("1 4\n", "1 2.48\n"));
        classify(binning(tomogram, unbinned, null));
        assertThat(said)
                .as("a quotient of rounded sizes")
                .singleElement()
                .asString()
                .endsWith("give --binning 4");
        assertThatThrownBy(() -> binning(tomogram, unbinned, 0.0))
                .isInstanceOf(InputException.class)
                .hasMessage("--binning is 0.0, expected a number above 0, such as 4");
    }

    private ClassifySettings binning(Path tomogram, Path list, Double binning) {
        return new ClassifySettings(
                run,
                tomogram,
                list,
                folder.resolve("binning"),
                null,
                null,
                null,
                null,
                null,
                binning,
                false,
                4,
                null,
                Mirrors.NONE);
    }

    @Test
    void theRowsOfSubtomogramsNameTheirImages() throws IOException {
        MemoryVolume volume = MemoryVolume.zeros("sub", 32, 32, 32, 10);
        for (int i = 0; i < 3; i++) {
            volume.slice(16)[16 * 32 + 16] = i + 1;
            MrcWriter.write(folder.resolve("sub/" + i + ".mrc"), MrcForm.standard(32, 32, 32, 10), volume);
        }
        Path list = list(
                "sub.star",
                "data_particles",
                "loop_",
                "_rlnImageName",
                "_rlnTomoName",
                "sub/2.mrc TS_02",
                "sub/0.mrc TS_01",
                "sub/1.mrc TS_02");
        Classification result = classify(folder, list, folder.resolve("out"), null, null);
        List<String> csv = Files.readAllLines(result.csv());
        assertThat(csv.getFirst()).isEqualTo("tomogram,x,y,z,class,image,probability,p_large,p_medium,p_small");
        assertThat(csv.stream().skip(1).map(row -> row.split(",")[0] + " " + row.split(",")[5]))
                .containsExactly("TS_02 sub/2.mrc", "TS_01 sub/0.mrc", "TS_02 sub/1.mrc");
        String chosen = TinyData.CLASSES.get(result.predictions().get(1).predicted());
        Classification some = classify(folder, list, folder.resolve("some"), chosen, null);
        assertThat(Files.readAllLines(some.csv()))
                .hasSize(1 + some.written())
                .anyMatch(row -> row.contains("sub/0.mrc"));
    }

    @Test
    void subtomogramsAreLookedForInTheArgument() throws IOException {
        Path list = list("sub.star", "data_particles", "loop_", "_rlnImageName", "nosuch.mrc");
        refusal(folder, list)
                .hasMessage(list + " line 4: the subtomogram " + folder.resolve("nosuch.mrc")
                        + " is not there; give the folder that _rlnImageName begins in as TOMOGRAM");
    }

    @Test
    void aFileOfAnotherKindIsNoFolder() throws IOException {
        Path text = folder.resolve("answers.txt");
        assertThatThrownBy(() -> classify(model(0), shrecList(0), text, null, null))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(
                        "--out is " + text + ", expected a file that ends in .star or .csv, or a folder");
        assertThat(text).doesNotExist();
        Files.createDirectory(text);
        assertThat(classify(model(0), shrecList(0), text, null, null).csv()).exists();
    }

    @Test
    void selectsSeveralClasses() {
        Classification all = classify(model(0), shrecList(0), folder.resolve("all"), null, null);
        Classification both = classify(new ClassifySettings(
                run,
                model(0),
                shrecList(0),
                folder.resolve("both"),
                List.of("large", "small"),
                null,
                null,
                null,
                null,
                false,
                4));
        assertThat(both.written()).isEqualTo((int) (all.counts()[0] + all.counts()[2]));
        assertThat(both.csv()).content().hasLineCount(1 + both.written());
    }

    @Test
    void selectsOneClass() {
        Classification all = classify(model(0), shrecList(0), folder.resolve("all"), null, null);
        int chosen = all.predictions().getFirst().predicted();
        String name = TinyData.CLASSES.get(chosen);
        Classification one = classify(model(0), shrecList(0), folder.resolve("one"), name, null);
        assertThat(one.written()).isEqualTo((int) all.counts()[chosen]);
        ParticleList written = ParticleReader.read(one.star());
        assertThat(written.particles())
                .hasSize(one.written())
                .allMatch(particle -> particle.className().equals(name));
        assertThat(one.csv()).content().hasLineCount(1 + one.written());
    }

    /** The reconstruction has 6 slices of noise on either side of the ground truth. */
    private Path shrecWithReconstruction() throws IOException {
        Path model = folder.resolve("model_0");
        Files.createDirectories(model);
        Files.copy(model(0).resolve("grandmodel.mrc"), model.resolve("grandmodel.mrc"));
        Files.copy(shrecList(0), model.resolve("particle_locations.txt"));
        MemoryVolume taller = MemoryVolume.zeros("taller", 40, 40, 52, 10);
        try (var truth = MrcVolume.open(model.resolve("grandmodel.mrc"))) {
            for (int z = 0; z < 40; z++) {
                truth.readSlice(z, taller.slice(z + 6));
            }
        }
        for (int z = 0; z < 6; z++) {
            System.arraycopy(taller.slice(6), 0, taller.slice(z), 0, 1600);
            System.arraycopy(taller.slice(45), 0, taller.slice(46 + z), 0, 1600);
        }
        MrcWriter.write(model.resolve("reconstruction.mrc"), MrcForm.shrec(40, 40, 52), taller);
        return model;
    }

    @Test
    void shrecsListsAreShiftedInTheReconstructionAndOthersAreNot() throws IOException {
        Path model = shrecWithReconstruction();
        Path list = model.resolve("particle_locations.txt");
        Classification truth = classify(model.resolve("grandmodel.mrc"), list, folder.resolve("a"), null, null);
        said.clear();
        Classification found = classify(model.resolve("reconstruction.mrc"), list, folder.resolve("b"), null, null);
        for (int i = 0; i < PARTICLES; i++) {
            assertThat(found.predictions().get(i).probabilities())
                    .isEqualTo(truth.predictions().get(i).probabilities());
        }
        assertThat(said)
                .anyMatch(note -> note.contains("6 is added to z of the list"))
                .anyMatch(note -> note.contains("the run was trained on grandmodel.mrc"));
        String[] words = Files.readAllLines(list).getFirst().split("\\s+");
        Path csv = list("one.csv", "x,y,z", words[1] + "," + words[2] + "," + words[3]);
        said.clear();
        classify(model.resolve("reconstruction.mrc"), csv, folder.resolve("c"), null, null);
        assertThat(said).anyMatch(note -> note.contains("give --z-offset 6"));
        Classification shifted = classify(model.resolve("reconstruction.mrc"), csv, folder.resolve("d"), null, 6);
        assertThat(shifted.predictions().getFirst().probabilities())
                .isEqualTo(truth.predictions().getFirst().probabilities());
    }

    @Test
    void aParticleOutsideIsNamedBeforeAnythingRuns() throws IOException {
        Path csv = list("picks.csv", "tomogram,x,y,z", "model_0,1,2,3", "model_1,40,2,3");
        refusal(data, csv)
                .hasMessageContaining("picks.csv line 3: the particle at (40, 2, 3) lies outside")
                .hasMessageContaining("40 x 40 x 40 voxels");
    }

    @Test
    void aVoxelThatIsNoNumberIsNamed() throws IOException {
        MemoryVolume volume = MemoryVolume.zeros("nan", 40, 40, 40, 10);
        Path file = folder.resolve("nan.mrc");
        MrcWriter.write(file, MrcForm.standard(40, 40, 40, 10), volume);
        byte[] bytes = Files.readAllBytes(file);
        int voxel = 1024 + Float.BYTES * (7 * 1600 + 5 * 40 + 6);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(voxel, Float.NaN);
        Files.write(file, bytes);
        refusal(file, list("one.csv", "x,y,z", "6,5,20")).hasMessageContaining("(6, 5, 7) is NaN");
    }

    @Test
    void whatIsMissingIsNamed() throws IOException {
        Path one = list("one.csv", "x,y,z", "6,5,7");
        refusal(folder.resolve("nowhere.mrc"), one).hasMessageContaining("nowhere.mrc: no such file or folder");
        refusal(data, folder.resolve("nowhere.star")).hasMessageContaining("nowhere.star: no such file");
        refusal(data, list("empty.csv", "x,y,z")).hasMessageContaining("empty.csv: no particle is in the list");
        refusal(data, one).hasMessageContaining("one.csv line 2: the list names no tomogram");
        refusal(data, list("other.csv", "tomogram,x,y,z", "TS_77,1,2,3"))
                .hasMessageContaining("no file for the tomogram \"TS_77\"");
        refusal(model(0).resolve("grandmodel.mrc"), csvOfAll())
                .hasMessageContaining("has particles of 3 tomograms (model_0, model_1, model_2)");
    }

    @Test
    void anUnknownClassIsAnsweredByTheList() {
        assertThatThrownBy(() -> classify(data, shrecList(0), folder.resolve("out"), "huge", null))
                .isInstanceOf(InputException.class)
                .hasMessage("Unknown class \"huge\"; the classes are large, medium, small");
    }

    @Test
    void aRunIsNeeded() {
        assertThatThrownBy(() -> classify(
                        new ClassifySettings(data, data, shrecList(0), folder, null, null, null, null, null, false, 4)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("is not the folder of a run");
    }

    @Test
    void theListIsNotWrittenOver() throws IOException {
        Path csv = list("one.csv", "x,y,z", "6,5,7");
        assertThatThrownBy(() -> classify(model(0), csv, folder.resolve("one.star"), null, null))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("would be written over the list");
        assertThat(csv).hasContent("x,y,z\n6,5,7");
    }

    @Test
    void aPlaceThatCannotBeWrittenIsNamedBeforeAnythingRuns() throws IOException {
        Path file = list("file", "no folder");
        assertThatThrownBy(() -> classify(model(0), shrecList(0), file.resolve("out"), null, null))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("file is a file, not a folder; choose another place");
        // The JDK's own modules are a folder that nobody may write to, whoever runs the test.
        Path readOnly = Path.of(URI.create("jrt:/java.base/java"));
        assertThatThrownBy(() -> classify(model(0), shrecList(0), readOnly.resolve("out"), null, null))
                .isInstanceOf(InputException.class)
                .hasMessage("Cannot write " + readOnly.resolve("out/particle_locations_classified.star")
                        + ": the folder " + readOnly
                        + " is not writable; choose another or change its permissions");
    }
}
