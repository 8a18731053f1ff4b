package org.cryonext.cryoet.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.cryonext.cryoet.classify.Classification;
import org.cryonext.cryoet.classify.Classifier;
import org.cryonext.cryoet.classify.ClassifySettings;
import org.cryonext.cryoet.dataset.DataPlace;
import org.cryonext.cryoet.dataset.Dataset;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.metrics.Abstention;
import org.cryonext.cryoet.metrics.McNemar;
import org.cryonext.cryoet.metrics.MetricsJson;
import org.cryonext.cryoet.metrics.Prediction;
import org.cryonext.cryoet.metrics.Rival;
import org.cryonext.cryoet.network.Mirrors;
import org.cryonext.cryoet.report.ConfusedPair;
import org.cryonext.cryoet.report.FeatureMap;
import org.cryonext.cryoet.report.Inside;
import org.cryonext.cryoet.report.Result;
import org.cryonext.cryoet.report.SampleTriplet;
import org.cryonext.cryoet.run.BegunTasks;
import org.cryonext.cryoet.run.Calibration;
import org.cryonext.cryoet.run.Fusion;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.cryoet.run.TinyRun;
import org.cryonext.cryoet.train.TinyData;
import org.cryonext.cryoet.triplet.Borders;
import org.cryonext.cryoet.volume.MemoryVolume;
import org.cryonext.cryoet.volume.MrcForm;
import org.cryonext.cryoet.volume.MrcWriter;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class EvaluatorTest {
    private static final int PARTICLES = 9;

    @TempDir
    private Path folder;

    private final List<String> said = new ArrayList<>();
    private Path data;
    private Path run;

    @BeforeEach
    void makeDataAndRun() throws IOException {
        data = TinyData.write(folder.resolve("data"), 3, PARTICLES);
        run = TinyRun.write(folder.resolve("run"), data, TinyData.CLASSES);
    }

    private Evaluation evaluate(List<String> tomograms, Source source, Borders borders) {
        return evaluate(new EvaluationSettings(
                run, DataPlace.of(data), tomograms, null, source, borders, null, 4, null, false));
    }

    private Evaluation evaluate(EvaluationSettings settings) {
        try (Backend backend = new CpuBackend(1)) {
            return Evaluator.run(settings, backend, Progress.none(), said::add);
        }
    }

    @Test
    void measuresTheTestTomogramsByDefault() {
        Evaluation evaluation = evaluate(null, null, null);
        assertThat(evaluation.predictions())
                .hasSize(PARTICLES)
                .allMatch(prediction -> prediction.tomogram().equals("model_2"));
        assertThat(evaluation.predictions().get(4).truth()).isEqualTo(1);
        assertThat(evaluation.warnings()).isEmpty();
        Path out = run.resolve("evaluation");
        assertThat(evaluation.report()).isEqualTo(out.resolve("report.html")).isRegularFile();
        assertThat(out.resolve("classification_report.xlsx")).isRegularFile();
        assertThat(MetricsJson.read(out.resolve("metrics.json")).accuracy().value())
                .isEqualTo(evaluation.metrics().accuracy().value());
        assertThat(evaluation.input().counts()).extracting("set").containsExactly("train", "validation", "test");
        assertThat(evaluation.input().counts()).extracting("counts").containsOnly(List.of(3L, 3L, 3L));
        assertThat(evaluation.input().samples())
                .hasSize(3 * Samples.EACH)
                .allMatch(sample -> sample.slices().size() == 3)
                .allMatch(sample -> sample.slices().stream().allMatch(slice -> slice.saliency() != null))
                .as("slices are wider than the tomogram")
                .allMatch(sample -> sample.slices().stream().allMatch(SampleTriplet.Slice::leavesVolume));
        assertThat(evaluation.report()).content().contains("Dim and without colour");
        assertThat(evaluation.input().figures()).containsKey("looking_inside_seconds");
        assertThat(evaluation.input().metadata())
                .containsEntry("Trained on", "1 tomogram of " + data + ", grandmodel.mrc")
                .containsEntry("Views", "3 views a particle, 32 pixels; fused by the mean of their logits");
    }

    @Test
    void whatIsConfusedIsShown() {
        Evaluation evaluation = evaluate(List.of("model_0", "model_1", "model_2"), null, null);
        Inside inside = evaluation.input().insides().getFirst();
        assertThat(inside.saliency())
                .startsWith("Grad-CAM with each place's own gradient after stage 1 of 4, 8 x 8 places an image");
        assertThat(inside.saliency())
                .containsPattern("speaks most for it, the named class's probability changes by [+-][0-9.]+,")
                .containsPattern("mean over the [0-9]+ particles shown");
        assertThat(inside.pairs()).isNotEmpty();
        for (ConfusedPair pair : inside.pairs()) {
            assertThat(pair.count())
                    .isEqualTo(evaluation.predictions().stream()
                            .filter(p -> p.truth() == pair.truth() && p.predicted() == pair.predicted())
                            .count());
            assertThat(pair.confused())
                    .isNotEmpty()
                    .allMatch(sample -> sample.truth() == pair.truth() && sample.predicted() == pair.predicted());
            assertThat(pair.right()).allMatch(sample -> sample.truth() == sample.predicted());
        }
    }

    @Test
    void theFeaturesAreLaidOutOnAMap() throws IOException {
        Evaluation evaluation = evaluate(null, null, null);
        FeatureMap map = evaluation.input().insides().getFirst().features();
        assertThat(map.predictions()).isEqualTo(evaluation.predictions());
        assertThat(map.numbers()).isEqualTo(16);
        assertThat(map.plane().first()).doesNotContain(0.0);
        assertThat(map.plane().firstShare()).isGreaterThan(map.plane().secondShare());
        assertThat(Files.readAllLines(run.resolve("evaluation/tables/feature_map.csv")))
                .hasSize(1 + PARTICLES);
        Evaluation brief =
                evaluate(new EvaluationSettings(run, DataPlace.of(data), null, null, null, null, null, 4, null, true));
        assertThat(brief.input().insides()).isEmpty();
        assertThat(brief.input().samples()).isEmpty();
        for (int i = 0; i < PARTICLES; i++) {
            assertThat(brief.predictions().get(i).probabilities())
                    .as("asking for features changes no answer")
                    .isEqualTo(evaluation.predictions().get(i).probabilities());
        }
    }

    @Test
    void twoBaselinesStandBesideTheNetwork() throws IOException {
        Evaluation evaluation = evaluate(null, null, null);
        List<Rival> rivals = evaluation.input().results().getFirst().rivals();
        assertThat(rivals).extracting(Rival::id).containsExactly("size_alone", "most_frequent");
        assertThat(rivals).allMatch(rival -> rival.predictions().size() == PARTICLES);
        Path out = run.resolve("evaluation");
        assertThat(out.resolve("predictions_size_alone.csv")).isRegularFile();
        assertThat(out.resolve("report.html"))
                .content()
                .contains("What the network adds", rivals.getFirst().verdict().substring(0, 40));
        JsonNode json = JsonMapper.shared().readTree(Files.readString(out.resolve("metrics.json")));
        assertThat(json.at("/beside/size_alone/f1_macro/value").asDouble())
                .isEqualTo(rivals.getFirst().metrics().f1().value());
        assertThat(json.at("/beside/size_alone/network_less_this/f1_macro/value")
                        .asDouble())
                .isEqualTo(rivals.getFirst().difference().f1().value());
    }

    @Test
    void anotherEvaluationStandsBesideItOnRequest() {
        evaluate(null, null, null);
        Path other = run.resolve("evaluation/predictions.csv");
        Evaluation evaluation = evaluate(new EvaluationSettings(
                run, DataPlace.of(data), null, folder.resolve("again"), null, null, null, 4, other, false));
        Rival rival = evaluation.input().results().getFirst().rivals().getLast();
        assertThat(rival.id()).isEqualTo("other");
        assertThat(rival.difference().test()).isEqualTo(new McNemar(0, 0));
    }

    @Test
    void theTemperatureIsNamedWhereItIsUsed() {
        new RunFolder(run).write(new Calibration(2, 9, 1, 1, 0.5, 0.1, Collections.nCopies(101, -1.0)));
        assertThat(evaluate(null, null, null).input().figures())
                .containsEntry("temperature", 2.0)
                .containsKey("expected_calibration_error_at_temperature_1");
        Evaluation probabilities = evaluate(new EvaluationSettings(
                run, DataPlace.of(data), null, null, null, null, Fusion.PROBABILITIES, 4, null, true));
        assertThat(probabilities.input().figures())
                .containsKey("expected_calibration_error")
                .doesNotContainKeys("temperature", "expected_calibration_error_at_temperature_1");
    }

    private EvaluationSettings rejecting(double share) {
        return new EvaluationSettings(
                run, DataPlace.of(data), null, null, null, null, null, 4, null, Mirrors.NONE, share, false);
    }

    @Test
    void whatIsRejectedByEnergyIsMeasured() throws IOException {
        assertThatThrownBy(() -> evaluate(rejecting(0.1)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("--reject needs the energies of the run's validation particles");
        assertThatThrownBy(() -> rejecting(1.0)).hasMessageStartingWith("--reject is 1.0, expected a share");
        new RunFolder(run).write(new Calibration(1, 9, 1, 1, 0.5, 0.1, Collections.nCopies(101, -9.0)));
        List<Double> energies =
                energies(evaluate(rejecting(0.5))).stream().sorted().toList();
        double between = (energies.get(PARTICLES / 2) + energies.get(PARTICLES / 2 + 1)) / 2;
        new RunFolder(run).write(new Calibration(1, 9, 1, 1, 0.5, 0.1, Collections.nCopies(101, between)));
        Evaluation evaluation = evaluate(rejecting(0.5));
        Abstention figures =
                evaluation.input().results().getFirst().rejected().orElseThrow().figures();
        assertThat(figures.rejected()).isEqualTo(PARTICLES / 2);
        assertThat(figures.right() - figures.rightRejected())
                .isEqualTo(
                        Math.round(figures.answered().orElseThrow().accuracy().value() * (PARTICLES - PARTICLES / 2)));
        String sentence = figures.sentence(evaluation.metrics());
        Path out = run.resolve("evaluation");
        assertThat(out.resolve("report.html")).content().contains("What is rejected by energy", sentence);
        assertThat(Files.readAllLines(out.resolve("tables/rejection.csv"))).hasSize(4);
        assertThat(run.resolve("README.md")).content().contains(": [model_2](<evaluation>), grandmodel: " + sentence);
        JsonNode json = JsonMapper.shared().readTree(Files.readString(out.resolve("metrics.json")));
        assertThat(json.at("/rejection/answered").asInt()).isEqualTo(PARTICLES - PARTICLES / 2);
        assertThat(json.at("/rejection/of_answered/f1_macro/value").asDouble())
                .isEqualTo(figures.answered().orElseThrow().f1().value());
        Evaluation without = evaluate(null, null, null);
        assertThat(evaluation.metrics().f1()).isEqualTo(without.metrics().f1());
    }

    @Test
    void theThresholdIsThatOfTheMirroringsUsed() throws IOException {
        Calibration single = new Calibration(2, 9, 1, 1, 0.5, 0.1, Collections.nCopies(101, -1e9));
        new RunFolder(run).write(single);
        EvaluationSettings two = new EvaluationSettings(
                run, DataPlace.of(data), null, null, null, null, null, 4, null, new Mirrors(2), 0.1, true);
        assertThatThrownBy(() -> evaluate(two))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(
                        "--reject with --tta 2 needs the energies of the run's validation particles under 2"
                                + " mirrorings, and " + run.resolve("calibration.json") + " has none");
        Calibration mirrored = new Calibration(5, 9, 1, 1, 0.5, 0.1, Collections.nCopies(101, 1e9));
        new RunFolder(run).write(single.withMirrored(Map.of(2, mirrored)));
        Evaluation evaluation = evaluate(two);
        assertThat(evaluation
                        .input()
                        .results()
                        .getFirst()
                        .rejected()
                        .orElseThrow()
                        .figures()
                        .rejected())
                .isZero();
        assertThat(evaluation.input().figures()).containsEntry("temperature", 5.0);
        assertThat(evaluation.predictions().getFirst().probability())
                .as("divided by the temperature of the mean over two")
                .isLessThan(evaluate(new EvaluationSettings(
                                run,
                                DataPlace.of(data),
                                null,
                                null,
                                null,
                                null,
                                null,
                                4,
                                null,
                                new Mirrors(4),
                                null,
                                true))
                        .predictions()
                        .getFirst()
                        .probability());
    }

    /** As the table of the particles has them. */
    private List<Double> energies(Evaluation evaluation) throws IOException {
        List<String> lines = Files.readAllLines(evaluation.report().resolveSibling("predictions.csv"));
        assertThat(lines.getFirst())
                .isEqualTo("tomogram,x,y,z,true,predicted,energy,rejected,probability,p_large,p_medium,p_small");
        return lines.stream()
                .skip(1)
                .map(line -> Double.parseDouble(line.split(",")[6]))
                .toList();
    }

    @Test
    void theParticlesOfABorderCanBeLeftOutLater() throws IOException {
        Path wide = folder.resolve("wide");
        Path model = wide.resolve("model_0");
        MemoryVolume volume = MemoryVolume.zeros("wide", 60, 60, 60, 10);
        MrcWriter.write(model.resolve("grandmodel.mrc"), MrcForm.shrec(60, 60, 60), volume);
        Files.writeString(model.resolve("particle_locations.txt"), """
                small 30 30 30 0 0 0
                large 23 30 30 0 0 0
                medium 35 24 30 0 0 0
                small 30 30 36 0 0 0
                """);
        Evaluation evaluation = evaluate(new EvaluationSettings(
                run, DataPlace.of(wide), List.of("model_0"), folder.resolve("out"), null, null, null, 4, null, false));
        Result result = evaluation.input().results().getFirst();
        Result inner =
                InnerParticles.of(result, Dataset.open(wide), Source.GRANDMODEL).orElseThrow();
        assertThat(inner.predictions()).extracting(Prediction::line).containsExactly(1, 3);
        assertThat(inner.rivals())
                .hasSize(2)
                .allSatisfy(rival -> assertThat(rival.predictions()).hasSize(2));
    }

    @Test
    void givesTheSameAnswersAsClassify() {
        Evaluation evaluation = evaluate(null, null, null);
        Path model = data.resolve("model_2");
        Classification classification;
        try (Backend backend = new CpuBackend(1)) {
            classification = Classifier.run(
                    new ClassifySettings(
                            run,
                            model,
                            model.resolve("particle_locations.txt"),
                            folder.resolve("out"),
                            null,
                            null,
                            null,
                            null,
                            null,
                            false,
                            3),
                    backend,
                    Progress.none(),
                    said::add);
        }
        for (int i = 0; i < PARTICLES; i++) {
            assertThat(classification.predictions().get(i).probabilities())
                    .isEqualTo(evaluation.predictions().get(i).probabilities());
        }
    }

    @Test
    void tomogramsThatTrainingSawAreMarked() throws IOException {
        Evaluation evaluation = evaluate(List.of("model_0", "model_1", "model_2"), null, null);
        assertThat(evaluation.predictions()).hasSize(3 * PARTICLES);
        assertThat(evaluation.warnings()).hasSize(2);
        assertThat(evaluation.warnings().get(0)).startsWith("model_0 was trained on: figures on it say");
        assertThat(evaluation.warnings().get(1)).startsWith("model_1 was validated on: the best checkpoint");
        assertThat(evaluation.report()).content().contains("model_0 was trained on");
        assertThat(evaluation.input().samples()).hasSize(3 * Samples.EACH);
        assertThat(evaluation.input().samples())
                .extracting(sample -> sample.caption().substring(0, "model_0".length()))
                .as("pictures come from more than the first tomogram")
                .isNotEqualTo(Collections.nCopies(3 * Samples.EACH, "model_0"));
    }

    /** Of the run's own names, and of other noise and particles. */
    private Path namesakes() throws IOException {
        Path others = folder.resolve("others");
        TinyData.write(others, 4, PARTICLES);
        Files.move(others.resolve("model_0"), others.resolve("old"));
        Files.move(others.resolve("model_3"), others.resolve("model_0"));
        return others;
    }

    private Evaluation evaluate(Path place, String... tomograms) {
        said.clear();
        return evaluate(new EvaluationSettings(
                run,
                DataPlace.of(place),
                List.of(tomograms),
                folder.resolve("report"),
                null,
                null,
                null,
                4,
                null,
                true));
    }

    @Test
    void aCopyOfTheTrainingDataIsKnownAgain() throws IOException {
        TinyRun.recordFingerprints(run);
        Path moved = Files.move(data, folder.resolve("moved"));
        Evaluation evaluation = evaluate(moved, "model_0", "model_1", "model_2");
        assertThat(evaluation.warnings()).hasSize(2);
        assertThat(evaluation.warnings().getFirst()).startsWith("model_0 was trained on: figures on it say");
        assertThat(evaluation.warnings().getLast()).startsWith("model_1 was validated on: the best");
        assertThat(evaluation.input().results().getFirst().rivals())
                .as("baselines are trained on the copy")
                .hasSize(2);
        Files.move(moved.resolve("model_0"), moved.resolve("model_5"));
        assertThat(evaluate(moved, "model_5", "model_2").warnings())
                .singleElement()
                .asString()
                .startsWith("model_5 was trained on as model_0: figures");
    }

    @Test
    void otherTomogramsOfTheSameNamesAreNotTakenForThoseOfTheRun() throws IOException {
        TinyRun.recordFingerprints(run);
        Path others = namesakes();
        Evaluation evaluation = evaluate(others, "model_0", "model_2");
        assertThat(evaluation.warnings()).noneMatch(warning -> warning.contains("trained on"));
        assertThat(evaluation.input().metadata()).containsEntry("Not the run's own of that name", "model_0");
        assertThat(said)
                .contains(others
                        + " is not the data that the run was trained on: other tomograms than the run's are called"
                        + " model_0 there");
        assertThat(evaluation.input().results().getFirst().rivals())
                .as("baselines are trained on the run's own data")
                .hasSize(2);
        Files.move(data, folder.resolve("moved"));
        assertThat(evaluate(others, "model_0").input().results().getFirst().rivals())
                .as("not on others of the same names")
                .isEmpty();
        assertThat(said).anyMatch(sentence -> sentence.contains("lacks tomograms that the run was trained on"));
    }

    @Test
    void theSameParticlesInAnotherVolumeAreMarked() throws IOException {
        TinyRun.recordFingerprints(run);
        Path denoised = folder.resolve("denoised");
        TinyData.write(denoised, 1, PARTICLES);
        Files.copy(
                data.resolve("model_2/grandmodel.mrc"),
                denoised.resolve("model_0/grandmodel.mrc"),
                StandardCopyOption.REPLACE_EXISTING);
        assertThat(evaluate(denoised, "model_0").warnings().getFirst())
                .startsWith("model_0 has the particles of model_0, which was trained on, in another volume: figures");
    }

    @Test
    void whereARunRecordedNamesAloneThatIsSaid() throws IOException {
        Path others = namesakes();
        assertThat(evaluate(others, "model_0").warnings().getFirst())
                .startsWith("model_0 was trained on if it is the model_0 of " + data
                        + " (the run is of an earlier version, which recorded names alone): figures");
        Files.move(data, folder.resolve("moved"));
        assertThat(evaluate(others, "model_0").warnings())
                .anyMatch(warning -> warning.startsWith("The tomograms of " + others
                        + " are taken for those that the run was trained on by their names alone"));
    }

    @Test
    void anotherSourceIsMarked() throws IOException {
        for (String model : List.of("model_0", "model_1", "model_2")) {
            Files.copy(
                    data.resolve(model).resolve("grandmodel.mrc"),
                    data.resolve(model).resolve("grandmodel_noisefree.mrc"));
        }
        Evaluation evaluation = evaluate(null, Source.NOISEFREE, null);
        assertThat(evaluation.warnings())
                .singleElement()
                .asString()
                .contains("cut from grandmodel_noisefree.mrc, but the run was trained on grandmodel.mrc");
        assertThat(evaluation.input().results().getFirst().name()).isEqualTo("noisefree");
    }

    @Test
    void theRowsOfSubtomogramsNameTheirImages() throws IOException {
        MemoryVolume volume = MemoryVolume.zeros("sub", 32, 32, 32, 10);
        List<String> lines =
                new ArrayList<>(List.of("data_particles", "loop_", "_rlnImageName", "_rlnTomoName", "_cryonextClass"));
        for (int i = 0; i < 6; i++) {
            volume.slice(16)[16 * 32 + 16] = i + 1;
            MrcWriter.write(folder.resolve("sub/" + i + ".mrc"), MrcForm.standard(32, 32, 32, 10), volume);
            lines.add("sub/" + i + ".mrc TS_" + i % 2 + " " + TinyData.CLASSES.get(i / 2));
        }
        Path list = Files.write(folder.resolve("sub.star"), lines);
        Path out = folder.resolve("report");
        EvaluationSettings settings = new EvaluationSettings(
                run, DataPlace.of(list), List.of("TS_1", "TS_0"), out, null, null, null, 4, null, true);
        evaluate(settings);
        Path csv = out.resolve("predictions.csv");
        List<String> rows = Files.readAllLines(csv);
        assertThat(rows.getFirst())
                .isEqualTo("tomogram,x,y,z,true,predicted,image,probability,p_large,p_medium,p_small");
        assertThat(rows.stream().skip(1).map(row -> row.split(",")[6]))
                .containsExactly("sub/1.mrc", "sub/3.mrc", "sub/5.mrc", "sub/0.mrc", "sub/2.mrc", "sub/4.mrc");
        assertThat(out.resolve("predictions_size_alone.csv")).content().contains(",sub/4.mrc,");
        Path again = folder.resolve("again");
        Evaluation against = evaluate(new EvaluationSettings(
                run, DataPlace.of(list), List.of("TS_1", "TS_0"), again, null, null, null, 4, csv, true));
        assertThat(against.input().results().getFirst().rivals())
                .as("the same particles are found in the table")
                .hasSize(3);
    }

    @Test
    void anotherDataSetIsMeasuredBesideTheRunsOwn() throws IOException {
        Path other = folder.resolve("other");
        TinyData.write(other, 1, PARTICLES);
        Evaluation evaluation = evaluate(new EvaluationSettings(
                run,
                DataPlace.of(other),
                List.of("model_0"),
                folder.resolve("report"),
                null,
                null,
                null,
                4,
                null,
                false));
        assertThat(evaluation.warnings())
                .as("that size answers it too would say nothing of what may have been trained on")
                .singleElement()
                .asString()
                .contains("was trained on if it is the model_0 of " + data);
        assertThat(evaluation.input().counts()).extracting("set").containsExactly("train", "validation", "evaluated");
        assertThat(evaluation.input().results().getFirst().rivals()).hasSize(2);
        Files.move(data, folder.resolve("moved"));
        Evaluation without = evaluate(new EvaluationSettings(
                run,
                DataPlace.of(other),
                List.of("model_0"),
                folder.resolve("report"),
                null,
                null,
                null,
                4,
                null,
                false));
        assertThat(said).anyMatch(sentence -> sentence.contains("lacks tomograms that the run was trained on"));
        assertThat(without.input().counts()).extracting("set").containsExactly("evaluated");
        assertThat(without.input().results().getFirst().rivals()).isEmpty();
    }

    @Test
    void whatCannotBeEvaluatedIsNamed() {
        assertThatThrownBy(() -> evaluate(List.of("model_7"), null, null))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("no tomogram \"model_7\"; there are model_0, model_1, model_2");
        assertThatThrownBy(() -> evaluate(null, Source.RECONSTRUCTION, null))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("reconstruction.mrc: missing");
        assertThatThrownBy(() -> evaluate(null, null, Borders.SKIP))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("all are too close to a border; use --borders pad");
        assertThatThrownBy(() -> evaluate(List.of("model_0", "model_0"), null, null))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("each once");
        assertThat(run.resolve("evaluation")).doesNotExist();
    }

    @Test
    void aPlaceThatCannotBeWrittenIsFoundOutBeforeTheWork() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        List<String> begun = new ArrayList<>();
        Progress progress = new BegunTasks(begun);
        Path out = file.resolve("report");
        EvaluationSettings settings = EvaluationSettings.of(run, data).withOut(out);
        try (Backend backend = new CpuBackend(1)) {
            assertThatThrownBy(() -> Evaluator.run(settings, backend, progress, said::add))
                    .isInstanceOf(InputException.class)
                    .hasMessage("Cannot write " + out + ": " + file + " is a file, not a folder; choose another place");
        }
        assertThat(begun).isEmpty();
    }

    @Test
    void aFolderOfSomethingElseStaysAsItIs() throws IOException {
        List<String> begun = new ArrayList<>();
        Progress progress = new BegunTasks(begun);
        try (Backend backend = new CpuBackend(1)) {
            assertThatThrownBy(() ->
                            Evaluator.run(EvaluationSettings.of(run, data).withOut(data), backend, progress, said::add))
                    .isInstanceOf(InputException.class)
                    .hasMessage(
                            data + " holds something else than an evaluation: it has no predictions.csv; choose a new"
                                    + " folder with --out");
        }
        assertThat(data.resolve("report.html")).doesNotExist();
        assertThat(begun).isEmpty();
    }

    @Test
    void whatAnEvaluationThatWasCutOffLeftBehindIsWrittenOver() throws IOException {
        Path out = Files.createDirectory(folder.resolve("report"));
        Files.writeString(out.resolve(".predictions.csv.part"), "half");
        try (Backend backend = new CpuBackend(1)) {
            Evaluator.run(EvaluationSettings.of(run, data).withOut(out), backend, Progress.none(), said::add);
        }
        assertThat(out.resolve("report.html")).isRegularFile();
    }

    @Test
    void aTableToCompareWithIsLookedForBeforeTheWork() {
        List<String> begun = new ArrayList<>();
        Path missing = folder.resolve("nothing.csv");
        EvaluationSettings settings = new EvaluationSettings(
                run, DataPlace.of(data), null, folder.resolve("report"), null, null, null, 4, missing, false);
        try (Backend backend = new CpuBackend(1)) {
            assertThatThrownBy(() -> Evaluator.run(settings, backend, new BegunTasks(begun), said::add))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining(missing.toString());
        }
        assertThat(begun).isEmpty();
    }

    @Test
    void aClassThatTheRunDoesNotKnowIsNamed() throws IOException {
        Path list = data.resolve("model_2/particle_locations.txt");
        Files.writeString(list, Files.readString(list).replace("small", "tiny"));
        assertThatThrownBy(() -> evaluate(null, null, null))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("line 3: unknown class \"tiny\"; the classes are large, medium, small");
    }
}
