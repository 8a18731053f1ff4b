package org.cryonext.cryoet.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.cryonext.cryoet.classify.Classification;
import org.cryonext.cryoet.classify.Classifier;
import org.cryonext.cryoet.classify.ClassifySettings;
import org.cryonext.cryoet.dataset.DataPlace;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.evaluate.Evaluation;
import org.cryonext.cryoet.evaluate.EvaluationSettings;
import org.cryonext.cryoet.evaluate.Evaluator;
import org.cryonext.cryoet.metrics.Prediction;
import org.cryonext.cryoet.run.Recipe;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.cryoet.run.SplitBy;
import org.cryonext.cryoet.volume.InvertedVolume;
import org.cryonext.cryoet.volume.MemoryVolume;
import org.cryonext.cryoet.volume.MrcForm;
import org.cryonext.cryoet.volume.MrcWriter;
import org.cryonext.cryoet.volume.RescaledVolume;
import org.cryonext.cryoet.volume.Volume;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a training took its tomograms for holds in all that is done with the run. */
final class OwnTomogramsTest {
    private static final int SIZE = 44;
    private static final int PARTICLES = 10;
    private static final List<String> NAMES = List.of("TS_1", "TS_2", "TS_3");

    @TempDir
    private Path folder;

    private final List<String> said = new ArrayList<>();
    private final List<String> lines = new ArrayList<>(List.of("tomogram,x,y,z,class"));
    private final List<MemoryVolume> volumes = new ArrayList<>();
    private Path list;

    @BeforeEach
    void makeTomograms() throws IOException {
        for (int t = 0; t < NAMES.size(); t++) {
            Random random = new Random(t);
            MemoryVolume volume = MemoryVolume.zeros(NAMES.get(t), SIZE, SIZE, SIZE, 10);
            for (int z = 0; z < SIZE; z++) {
                for (int i = 0; i < SIZE * SIZE; i++) {
                    volume.slice(z)[i] = (float) random.nextGaussian();
                }
            }
            for (int p = 0; p < PARTICLES; p++) {
                int[] at = IntStream.range(0, 3)
                        .map(axis -> 17 + random.nextInt(SIZE - 34))
                        .toArray();
                dark(volume, at, p % 2 == 0 ? 2 : 4);
                lines.add(
                        "%s,%d,%d,%d,%s".formatted(NAMES.get(t), at[0], at[1], at[2], p % 2 == 0 ? "small" : "large"));
            }
            volumes.add(volume);
        }
        list = Files.write(folder.resolve("particles.csv"), lines);
    }

    private static void dark(MemoryVolume volume, int[] at, int radius) {
        for (int k = -radius; k <= radius; k++) {
            for (int j = -radius; j <= radius; j++) {
                for (int i = -radius; i <= radius; i++) {
                    if (i * i + j * j + k * k <= radius * radius) {
                        volume.slice(at[2] + k)[(at[1] + j) * SIZE + at[0] + i] = -6;
                    }
                }
            }
        }
    }

    private static void write(Path file, Volume volume, double header) {
        MrcWriter.write(file, MrcForm.standard(volume.nx(), volume.ny(), volume.nz(), header), volume);
    }

    /** The tomograms in a folder of their own, with these voxel sizes in their headers. */
    private Path tomograms(String name, double... headers) {
        for (int t = 0; t < headers.length; t++) {
            write(folder.resolve(name).resolve(NAMES.get(t) + ".mrc"), volumes.get(t), headers[t]);
        }
        return folder.resolve(name);
    }

    private TrainOptions options(Path given, Path where, String run) {
        TrainOptions options = new TrainOptions(given, folder.resolve(run));
        options.volumes = where;
        options.recipe = Recipe.SCRATCH;
        options.depths = List.of(1, 1, 1, 1);
        options.dims = List.of(4, 6, 8, 10);
        options.imageSize = 32;
        options.epochs = 1;
        options.batch = 4;
        return options;
    }

    private TrainOptions options(Path where, String run) {
        return options(list, where, run);
    }

    private static double voxelSize(RunFolder run) {
        return run.settings().appearance().voxelSize();
    }

    private Classification classify(RunFolder run, Path where, Path given, Double voxelSize) {
        said.clear();
        ClassifySettings settings = new ClassifySettings(
                run.folder(), where, given, folder.resolve("answers"), null, null, null, voxelSize, null, false, 4);
        try (Backend backend = new CpuBackend(1)) {
            return Classifier.run(settings, backend, Progress.none(), said::add);
        }
    }

    private Evaluation evaluate(RunFolder run, DataPlace place) {
        said.clear();
        EvaluationSettings settings = new EvaluationSettings(
                run.folder(), place, NAMES, folder.resolve("report"), null, null, null, 4, null, true);
        try (Backend backend = new CpuBackend(1)) {
            return Evaluator.run(settings, backend, Progress.none(), said::add);
        }
    }

    private DataPlace place(Path where, double voxelSize, boolean invert) {
        return new DataPlace(list.toString(), where.toString(), voxelSize, 0, invert);
    }

    private static List<float[]> answers(List<Prediction> predictions) {
        return new ArrayList<>(
                predictions.stream().map(Prediction::probabilities).toList());
    }

    private static void requireSame(List<Prediction> found, List<Prediction> expected) {
        assertThat(answers(found)).usingRecursiveComparison().isEqualTo(answers(expected));
    }

    @Test
    void aHeaderThatLiesIsOverruledForGood() {
        Path honest = tomograms("honest", 10, 10, 10);
        Path lying = tomograms("lying", 2.5, 2.5, 2.5);
        TrainOptions options = options(lying, "run");
        options.voxelSize = 10.0;
        RunFolder run = train(options);
        assertThat(voxelSize(run)).isEqualTo(10);

        List<Prediction> expected = classify(run, honest, list, null).predictions();
        assertThat(said).isEmpty();
        requireSame(classify(run, lying, list, 10.0).predictions(), expected);
        assertThat(said).isEmpty();
        requireSame(evaluate(run, place(honest, 0, false)).predictions(), expected);
        Evaluation own = evaluate(run, place(lying, 0, false));
        requireSame(own.predictions(), expected);
        assertThat(said).containsExactly(list + ": taken as in the training, with --voxel-size 10");
        assertThat(own.warnings()).noneMatch(warning -> warning.contains("rescaled"));
        requireSame(evaluate(run, place(lying, 10, false)).predictions(), expected);
        assertThat(said).isEmpty();
    }

    @Test
    void coordinatesThatWereDividedForTheTrainingAreDividedAgain() {
        Path where = tomograms("tomograms", 10, 10, 10);
        TrainOptions options = options(where, "run");
        options.binning = 1.25;
        RunFolder run = train(options);
        Evaluation told = evaluate(run, new DataPlace(list.toString(), where.toString(), 0, 0, false, options.binning));
        assertThat(said).isEmpty();
        requireSame(evaluate(run, place(where, 0, false)).predictions(), told.predictions());
        assertThat(said).containsExactly(list + ": taken as in the training, with --binning 1.25");
    }

    @Test
    void headersThatSayNothingAreOverruledForGood() {
        TrainOptions options = options(tomograms("silent", 0, 0, 0), "run");
        options.voxelSize = 10.0;
        RunFolder run = train(options);
        assertThat(voxelSize(run)).isEqualTo(10);
        classify(run, tomograms("coarse", 13.48, 13.48, 13.48), list, null);
        assertThat(said)
                .singleElement()
                .asString()
                .endsWith(": its voxels of 13.48 Angstrom are rescaled to 10 Angstrom, those of the training");
    }

    @Test
    void theSizeOfTheOthersIsRecordedWhereTheFirstHeaderSaysNothing() {
        Path mixed = tomograms("mixed", 0, 10, 10);
        assertThat(voxelSize(train(options(mixed, "run")))).isEqualTo(10);
        TrainOptions rescaled = options(tomograms("mixed", 0, 10, 0), "rescaled");
        rescaled.rescale = 8.0;
        assertThat(voxelSize(train(rescaled))).isEqualTo(8);
    }

    @Test
    void whatWasTrainedOnInvertedIsMeasuredInverted() {
        Path where = tomograms("tomograms", 10, 10, 10);
        TrainOptions options = options(where, "run");
        options.invert = true;
        RunFolder run = train(options);
        Evaluation told = evaluate(run, place(where, 0, true));
        assertThat(said).isEmpty();
        Evaluation own = evaluate(run, place(where, 0, false));
        assertThat(said).containsExactly(list + ": taken as in the training, with --invert");
        requireSame(own.predictions(), told.predictions());
        assertThat(own.warnings()).noneMatch(warning -> warning.contains("contrast"));
        // No option turns one of them alone.
        write(where.resolve("TS_3.mrc"), new InvertedVolume(volumes.get(2)), 10);
        assertThat(evaluate(run, place(where, 0, true)).warnings())
                .filteredOn(warning -> warning.contains("TS_3.mrc: the contrast is inverted"))
                .singleElement()
                .asString()
                .endsWith("; write it with the sign of its values turned");
    }

    @Test
    void measuringOnTheOtherContrastIsNoted() {
        Path where = tomograms("tomograms", 10, 10, 10);
        RunFolder run = train(options(where, "run"));
        Path bright = folder.resolve("bright");
        for (int t = 0; t < NAMES.size(); t++) {
            write(bright.resolve(NAMES.get(t) + ".mrc"), new InvertedVolume(volumes.get(t)), 10);
        }
        assertThat(evaluate(run, place(where, 0, false)).warnings()).noneMatch(warning -> warning.contains("contrast"));
        assertThat(evaluate(run, place(bright, 0, false)).warnings())
                .filteredOn(warning -> warning.contains("the contrast is inverted: particles are brighter (+"))
                .hasSize(3)
                .allMatch(warning -> warning.endsWith("; give --invert"));
        assertThat(evaluate(run, place(bright, 0, true)).warnings()).noneMatch(warning -> warning.contains("contrast"));
        assertThat(evaluate(run, place(where, 0, true)).warnings())
                .filteredOn(warning -> warning.contains("the contrast is inverted"))
                .hasSize(3)
                .allMatch(warning -> warning.endsWith("; leave --invert out"));
    }

    @Test
    void aTomogramHasNoSource() {
        Path where = tomograms("tomograms", 10, 10, 10);
        Path run = train(options(where, "run")).folder();
        EvaluationSettings settings = new EvaluationSettings(
                run,
                place(where, 0, false),
                NAMES,
                folder.resolve("report"),
                Source.GRANDMODEL,
                null,
                null,
                4,
                null,
                true);
        try (Backend backend = new CpuBackend(1)) {
            assertThatThrownBy(() -> Evaluator.run(settings, backend, Progress.none(), said::add))
                    .isInstanceOf(InputException.class)
                    .hasMessage("--source is for data in SHREC's layout; " + list
                            + " is a particle list, whose tomograms have one volume each: leave it out");
        }
    }

    @Test
    void trainingOnBothContrastsNamesTheOddTomograms() {
        Path where = tomograms("tomograms", 10, 10, 10);
        write(where.resolve("TS_1.mrc"), new InvertedVolume(volumes.get(0)), 10);
        TrainOptions options = options(where, "run");
        options.splitBy = SplitBy.PARTICLE;
        options.trainTomograms = NAMES;
        options.testTomograms = List.of();
        RunFolder run = train(options);
        assertThat(said)
                .filteredOn(sentence -> sentence.contains("surrounds"))
                .singleElement()
                .asString()
                .startsWith("TS_1 (+")
                .contains("): particles are brighter than what surrounds them, and darker in 2 other tomograms of this"
                        + " run: ");
        assertThat(run.settings().appearance().contrast().mean())
                .as("what most of them have is what the run knows")
                .isNegative();
        said.clear();
        // The first alone trains, and it is what the others are held against.
        RunFolder one = train(options(where, "one"));
        assertThat(said)
                .filteredOn(sentence -> sentence.contains("surrounds"))
                .singleElement()
                .asString()
                .startsWith("TS_2 (-")
                .contains("), TS_3 (-")
                .contains("): particles are darker than what surrounds them, and brighter in 1 other tomogram of this");
        assertThat(one.settings().appearance().contrast().mean()).isPositive();
        said.clear();
        TrainOptions alike = options(tomograms("alike", 10, 10, 10), "alike-run");
        train(alike);
        assertThat(said).noneMatch(sentence -> sentence.contains("surrounds"));
    }

    /** Every other particle of the first tomogram with voxels of 20 Angstrom; those or the others first in the list. */
    private Path subtomograms(boolean coarseFirst) throws IOException {
        List<String> fine = new ArrayList<>();
        List<String> coarse = new ArrayList<>();
        for (int p = 0; p < PARTICLES; p++) {
            String[] words = lines.get(1 + p).split(",");
            MemoryVolume cut = MemoryVolume.zeros("cut", 32, 32, 32, 10);
            for (int k = 0; k < 32; k++) {
                volumes.getFirst()
                        .read(
                                Integer.parseInt(words[1]) - 16,
                                Integer.parseInt(words[2]) - 16,
                                Integer.parseInt(words[3]) - 16 + k,
                                32,
                                32,
                                1,
                                cut.slice(k),
                                0);
            }
            boolean isFine = p / 2 % 2 == 0;
            Path file = folder.resolve("cut").resolve(p + ".mrc");
            write(file, isFine ? cut : new RescaledVolume(cut, 10, 20), isFine ? 10 : 20);
            (isFine ? fine : coarse).add(p + ".mrc " + words[4]);
        }
        List<String> star = new ArrayList<>(List.of("data_particles", "", "loop_", "_rlnImageName", "_cryonextClass"));
        star.addAll(coarseFirst ? coarse : fine);
        star.addAll(coarseFirst ? fine : coarse);
        return Files.write(folder.resolve("cut").resolve(coarseFirst ? "coarse.star" : "fine.star"), star);
    }

    @Test
    void eachSubtomogramIsClassifiedByItsOwnVoxelSize() throws IOException {
        RunFolder run = train(options(tomograms("tomograms", 10, 10, 10), "run"));
        Path cut = folder.resolve("cut");
        List<float[]> fineFirst =
                answers(classify(run, cut, subtomograms(false), null).predictions());
        assertThat(said)
                .filteredOn(sentence -> sentence.contains("rescaled"))
                .containsExactly(
                        cut.resolve("2.mrc") + " and 3 other subtomograms: its voxels of 20 Angstrom are rescaled"
                                + " to 10 Angstrom, those of the training");
        List<float[]> coarseFirst =
                answers(classify(run, cut, subtomograms(true), null).predictions());
        Collections.rotate(coarseFirst, 6);
        assertThat(coarseFirst).usingRecursiveComparison().isEqualTo(fineFirst);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void subtomogramsAreTrainedOnByTheirOwnVoxelSizes(boolean coarseFirst) throws IOException {
        TrainOptions options = options(subtomograms(coarseFirst), folder.resolve("cut"), "run");
        options.splitBy = SplitBy.PARTICLE;
        options.trainTomograms = List.of("subtomograms");
        assertThat(voxelSize(train(options))).isEqualTo(coarseFirst ? 20 : 10);
        assertThat(said)
                .filteredOn(sentence -> sentence.contains("rescaled"))
                .containsExactly(folder.resolve("cut").resolve(coarseFirst ? "0.mrc" : "2.mrc") + " and "
                        + (coarseFirst ? 5 : 3) + " other subtomograms: its voxels of " + (coarseFirst ? 10 : 20)
                        + " Angstrom are rescaled to " + (coarseFirst ? 20 : 10)
                        + " Angstrom, those of the training");
    }

    @Test
    void aVolumeInWhichThereIsNothingIsRefused() throws IOException {
        Path where = tomograms("tomograms", 10, 10, 10);
        RunFolder run = train(options(where, "run"));
        Path empty = where.resolve("TS_2.mrc");
        write(empty, MemoryVolume.zeros("empty", SIZE, SIZE, SIZE, 10), 10);
        String sentence =
                empty + ": all its voxels are 0.0, so there is nothing to be seen in it; a tomogram was expected:"
                        + " write or copy it again, or leave it out of the list";
        TrainOptions options = options(where, "second");
        assertThatThrownBy(() -> train(options))
                .isInstanceOf(InputException.class)
                .hasMessage(sentence);
        assertThat(options.out).doesNotExist();
        assertThatThrownBy(() -> classify(run, where, list, null))
                .isInstanceOf(InputException.class)
                .hasMessage(sentence);
        assertThat(folder.resolve("answers")).doesNotExist();
        assertThatThrownBy(() -> evaluate(run, place(where, 0, false)))
                .isInstanceOf(InputException.class)
                .hasMessage(sentence);
        Path cut = subtomograms(false);
        write(cut.resolveSibling("5.mrc"), MemoryVolume.zeros("empty", 32, 32, 32, 10), 10);
        assertThatThrownBy(() -> classify(run, cut.getParent(), cut, null))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(cut.resolveSibling("5.mrc") + ": all its voxels are 0.0");
    }

    private RunFolder train(TrainOptions options) {
        try (Backend backend = new CpuBackend(1)) {
            return Trainer.run(options, new TrainContext(backend, Progress.none(), said::add, () -> false))
                    .run();
        }
    }
}
