package org.cryonext.cryoet.robustness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.cryonext.cryoet.baseline.Baselines;
import org.cryonext.cryoet.dataset.DataPlace;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.evaluate.Evaluation;
import org.cryonext.cryoet.evaluate.EvaluationSettings;
import org.cryonext.cryoet.evaluate.Evaluator;
import org.cryonext.cryoet.metrics.Rival;
import org.cryonext.cryoet.network.Mirrors;
import org.cryonext.cryoet.particle.ClassNames;
import org.cryonext.cryoet.run.BegunTasks;
import org.cryonext.cryoet.run.TinyRun;
import org.cryonext.cryoet.simulate.Imaging;
import org.cryonext.cryoet.simulate.SimulatedData;
import org.cryonext.cryoet.simulate.SimulationSettings;
import org.cryonext.cryoet.simulate.Simulator;
import org.cryonext.cryoet.simulate.VolumeSize;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class RobustnessStudyTest {
    private static final VolumeSize SIZE = new VolumeSize(64, 64, 64);
    private static final int PARTICLES = 8;
    private static final long TRAINING_SEED = 5;

    /** Not SHREC's, to see that it is what is changed. */
    private static final Imaging TRAINED = new Imaging(0.05, 2.5, 60);

    @TempDir
    private static Path shared;

    @TempDir
    private Path folder;

    private final List<String> said = new ArrayList<>();
    private final List<String> begun = new ArrayList<>();

    @BeforeAll
    static void simulate() {
        Simulator.run(
                shared.resolve("data"),
                new SimulationSettings(3, SIZE, OptionalInt.of(PARTICLES), TRAINED, TRAINING_SEED, Optional.empty(), 1),
                Progress.none(),
                text -> {});
    }

    private static Path data() {
        return shared.resolve("data");
    }

    private Path trained(Source source) {
        return TinyRun.write(folder.resolve("run"), data(), ClassNames.SHREC_2020.names(), source);
    }

    private RobustnessSettings settings(Path run, boolean keepData, Factor... against) {
        return settings(run, Optional.empty(), keepData, against);
    }

    private RobustnessSettings settings(Path run, Optional<Path> data, boolean keepData, Factor... against) {
        return new RobustnessSettings(
                run,
                data,
                Optional.of(folder.resolve("out")),
                Optional.empty(),
                1,
                SIZE,
                OptionalInt.of(PARTICLES),
                9,
                List.of(against),
                true,
                keepData,
                Mirrors.NONE,
                1);
    }

    private RobustnessResult measure(RobustnessSettings settings) {
        said.clear();
        begun.clear();
        Progress progress = new BegunTasks(begun);
        try (Backend backend = new CpuBackend(1)) {
            return RobustnessStudy.run(settings, backend, progress, said::add);
        }
    }

    private static List<String> values(RobustnessResult result, Factor factor) {
        return result.lines().stream()
                .filter(line -> line.factor() == factor)
                .flatMap(line -> line.points().stream())
                .map(point -> point.condition().valueText())
                .toList();
    }

    @Test
    void changesOneThingAtATimeAroundTheTrainingData() throws IOException {
        RobustnessResult result = measure(settings(trained(Source.RECONSTRUCTION), true, Factor.values()));
        assertThat(result.notes()).isEmpty();
        assertThat(values(result, Factor.SNR)).containsExactly("0.01", "0.05");
        assertThat(values(result, Factor.DEFOCUS)).containsExactly("2.5", "5");
        assertThat(values(result, Factor.PICKING)).containsExactly("0", "3", "6");
        assertThat(values(result, Factor.WEDGE)).containsExactly("40", "60");
        assertThat(begun).filteredOn("Simulating tomograms"::equals).hasSize(4);
        Path kept = folder.resolve("out/data");
        assertThat(SimulatedData.of(kept.resolve("as-trained")).orElseThrow().imaging())
                .isEqualTo(TRAINED);
        assertThat(SimulatedData.of(kept.resolve("snr-0.01")).orElseThrow().imaging())
                .isEqualTo(TRAINED.withSnr(0.01));
        assertThat(SimulatedData.of(kept.resolve("defocus-5")).orElseThrow().imaging())
                .isEqualTo(TRAINED.withDefocus(5));
        assertThat(SimulatedData.of(kept.resolve("wedge-40")).orElseThrow().imaging())
                .isEqualTo(TRAINED.withMaxTilt(40));
        String particles = Files.readString(kept.resolve("as-trained/model_0/particle_locations.txt"));
        for (String other : List.of("snr-0.01", "defocus-5", "wedge-40")) {
            assertThat(kept.resolve(other).resolve("model_0/particle_locations.txt"))
                    .hasContent(particles.stripTrailing());
        }
        assertThat(Files.readString(data().resolve("model_0/particle_locations.txt")))
                .as("the particles are not those of the training data")
                .isNotEqualTo(particles);
        for (RobustnessResult.Line line : result.lines()) {
            assertThat(line.points())
                    .as(line.factor().title())
                    .filteredOn(point -> point.condition().isNominal())
                    .hasSize(1);
            assertThat(line.points())
                    .allMatch(point -> point.measured().particles() == PARTICLES)
                    .allMatch(point -> point.measured().sizeAlone() != null);
        }
        for (RobustnessResult.Line line : result.lines()) {
            assertThat(line.points().stream()
                            .map(point -> point.measured().sizeAlone())
                            .distinct())
                    .as("what " + line.factor() + " does to size alone")
                    .hasSizeGreaterThan(1);
        }
        // A network with random weights says the same of most particles, but not of all wherever it looks.
        List<RobustnessResult.Point> picking =
                result.lines().get(Factor.PICKING.ordinal()).points();
        assertThat(picking.getLast().measured().f1())
                .isNotEqualTo(picking.getFirst().measured().f1());
        assertThat(folder.resolve("out/passing")).doesNotExist();
    }

    /** Where nothing is changed, it is what the evaluation measures. */
    @Test
    void asTrainedItAgreesWithTheEvaluation() {
        Path run = trained(Source.RECONSTRUCTION);
        RobustnessResult result = measure(settings(run, true, Factor.PICKING));
        RobustnessResult.Point nominal = result.lines().getFirst().points().getFirst();
        assertThat(nominal.condition().picking()).isZero();
        Evaluation evaluation;
        try (Backend backend = new CpuBackend(1)) {
            evaluation = Evaluator.run(
                    new EvaluationSettings(
                            run,
                            DataPlace.of(folder.resolve("out/data/as-trained")),
                            List.of("model_0"),
                            folder.resolve("evaluation"),
                            null,
                            null,
                            null,
                            4,
                            null,
                            true),
                    backend,
                    Progress.none(),
                    text -> {});
        }
        assertThat(nominal.measured().f1()).isEqualTo(evaluation.metrics().f1());
        assertThat(nominal.measured().accuracy()).isEqualTo(evaluation.metrics().accuracy());
        evaluation
                .metrics()
                .perClass()
                .forEach(figures -> assertThat(nominal.measured().f1PerClass())
                        .containsEntry(figures.name(), figures.f1().value()));
        Rival sizeAlone = evaluation.input().results().getFirst().rivals().getFirst();
        assertThat(sizeAlone.id()).isEqualTo(Baselines.SIZE_ALONE);
        assertThat(nominal.measured().sizeAlone().f1())
                .isEqualTo(sizeAlone.metrics().f1());
        assertThat(nominal.measured().sizeAlone().networkLess())
                .isEqualTo(sizeAlone.difference().f1());
    }

    @Test
    void whatIsDoneIsNotDoneAgain() throws IOException {
        Path run = trained(Source.RECONSTRUCTION);
        RobustnessResult first = measure(settings(run, false, Factor.WEDGE));
        assertThat(begun).contains("Simulating tomograms", "Classifying as-trained", "Classifying wedge-40");
        assertThat(folder.resolve("out/data")).doesNotExist();
        assertThat(folder.resolve("out/passing")).doesNotExist();
        String json = Files.readString(folder.resolve("out/robustness.json"));

        assertThat(measure(settings(run, false, Factor.WEDGE)).lines()).isEqualTo(first.lines());
        assertThat(begun).isEmpty();

        Files.delete(folder.resolve("out/conditions/wedge-40.json"));
        assertThat(measure(settings(run, false, Factor.WEDGE)).lines()).isEqualTo(first.lines());
        assertThat(begun)
                .containsExactly("Size alone", "Simulating tomograms", "Classifying wedge-40", "Size alone, wedge-40");
        assertThat(folder.resolve("out/robustness.json")).content().isEqualTo(json);

        measure(settings(run, false, Factor.WEDGE, Factor.SNR));
        assertThat(begun).contains("Classifying snr-0.01").doesNotContain("Classifying as-trained");
        assertThatThrownBy(() -> measure(new RobustnessSettings(
                        run,
                        Optional.empty(),
                        Optional.of(folder.resolve("out")),
                        Optional.empty(),
                        1,
                        SIZE,
                        OptionalInt.of(PARTICLES),
                        10,
                        List.of(Factor.WEDGE),
                        true,
                        false,
                        Mirrors.NONE,
                        1)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("holds a robustness study of other settings (seed is 9 there and 10 now)");
    }

    @Test
    void aStopInTheMiddleLeavesNoTomograms() throws IOException {
        Path run = trained(Source.RECONSTRUCTION);
        measure(settings(run, false, Factor.PICKING));
        // As if it had ended between the last result and the removal of its tomograms.
        Path left = folder.resolve("out/passing/as-trained");
        Simulator.run(left, settings(run, false, Factor.PICKING).simulation(TRAINED), Progress.none(), text -> {});
        measure(settings(run, false, Factor.PICKING));
        assertThat(begun).isEmpty();
        assertThat(folder.resolve("out/passing")).doesNotExist();
    }

    @Test
    void writesTheSameFiguresInEachForm() throws IOException {
        RobustnessResult result = measure(settings(trained(Source.RECONSTRUCTION), false, Factor.SNR, Factor.PICKING));
        assertThat(said)
                .anyMatch(
                        text -> text.matches("4 conditions are measured; the simulated tomograms take \\d+ MiB of disk,"
                                + " as those of each are taken away when it is measured"));
        JsonNode json = JsonMapper.shared().readTree(folder.resolve("out/robustness.json"));
        assertThat(json.at("/against/snr")).hasSize(2);
        assertThat(json.at("/against/picking")).hasSize(3);
        Measured noisy = result.lines().getFirst().points().getFirst().measured();
        assertThat(json.at("/against/snr/0/value").asDouble()).isEqualTo(0.01);
        assertThat(json.at("/against/snr/0/as_trained").asBoolean()).isFalse();
        assertThat(json.at("/against/snr/1/as_trained").asBoolean()).isTrue();
        assertThat(json.at("/against/snr/0/f1_macro/high").asDouble())
                .isEqualTo(noisy.f1().high());
        assertThat(json.at("/against/snr/0/size_alone/network_less_this/low").asDouble())
                .isEqualTo(noisy.sizeAlone().networkLess().low());
        assertThat(json.at("/against/snr/0/f1_per_class/1bxn").isNumber()).isTrue();
        List<String> csv = Files.readAllLines(folder.resolve("out/robustness.csv"));
        assertThat(csv).hasSize(1 + 2 + 3);
        assertThat(csv.getFirst())
                .startsWith("against,value,as_trained,particles,f1_macro,f1_macro_low,f1_macro_high,");
        assertThat(csv.get(1))
                .startsWith("snr,0.01,false,8," + noisy.f1().value() + ","
                        + noisy.f1().low() + "," + noisy.f1().high() + ","
                        + noisy.sizeAlone().f1().value() + ",");
        assertThat(csv.get(3)).startsWith("picking,0,true,8,");
        assertThat(result.report())
                .isEqualTo(folder.resolve("out/robustness.html"))
                .content()
                .contains(
                        "Robustness of run",
                        "id=\"snr\"",
                        "id=\"picking\"",
                        "data:image/png;base64,",
                        "95 % bootstrap intervals by particle",
                        "so far beside its true position",
                        "0.05 (as trained)",
                        "macro F1 is "
                                + RobustnessTable.interval(result.lines()
                                                .getFirst()
                                                .points()
                                                .getLast()
                                                .measured()
                                                .f1())
                                        .substring(0, 5))
                .doesNotContain("src=\"http", "href=\"http", "<script");
        String table = RobustnessTable.text(result);
        assertThat(table.lines()).allMatch(line -> line.length() <= 80);
        assertThat(table)
                .contains(
                        "Noise: signal-to-noise ratio of the projections",
                        "     0.01    " + RobustnessTable.interval(noisy.f1()),
                        "     0.05 *  ");
    }

    /** Not even where they have the seed of the study itself, of which a message would say that it is the training's. */
    @Test
    void otherDataAreNotTakenForThoseOfTheTraining() {
        Path run = trained(Source.RECONSTRUCTION);
        TinyRun.recordFingerprints(run);
        Path other = folder.resolve("other");
        Simulator.run(
                other,
                new SimulationSettings(3, SIZE, OptionalInt.of(PARTICLES), TRAINED, 9, Optional.empty(), 1),
                Progress.none(),
                text -> {});
        assertThatThrownBy(() -> measure(settings(run, Optional.of(other), false, Factor.PICKING)))
                .isInstanceOf(InputException.class)
                .hasMessage(
                        other + " is not the data set that " + run + " was trained on: it lacks some of its"
                                + " tomograms, or has others by their names; give that data set, a copy of it, or leave DATA out");
    }

    @Test
    void onGrandmodelsPickingAloneIsMeasured() {
        Path run = trained(Source.GRANDMODEL);
        RobustnessResult result = measure(settings(run, false, Factor.values()));
        assertThat(result.lines()).extracting(RobustnessResult.Line::factor).containsExactly(Factor.PICKING);
        assertThat(result.notes())
                .containsExactly(run
                        + " looks at grandmodel.mrc, on which noise, defocus and missing wedge of the microscope do not"
                        + " act: picking error alone is measured.");
        assertThat(said).contains(result.notes().getFirst());
        assertThatThrownBy(() -> measure(settings(run, false, Factor.SNR, Factor.WEDGE)))
                .isInstanceOf(InputException.class)
                .hasMessageEndingWith("give --against picking, or a run that was trained on reconstructions");
    }

    @Test
    void withoutTheTrainingDataSizeAloneIsLeftOutUntilTheyAreThere() throws IOException {
        Path moved = folder.resolve("moved");
        Path run = TinyRun.write(folder.resolve("run"), moved, ClassNames.SHREC_2020.names(), Source.RECONSTRUCTION);
        RobustnessResult without = measure(settings(run, false, Factor.PICKING));
        assertThat(without.notes())
                .hasSize(2)
                .anyMatch(note -> note.startsWith("How the training data were imaged is not known"))
                .anyMatch(note -> note.startsWith("Size alone is not measured beside the network"));
        assertThat(without.lines().getFirst().hasSizeAlone()).isFalse();
        assertThat(without.report())
                .content()
                .contains("Size alone is not measured")
                .doesNotContain("Difference");
        assertThat(Files.readAllLines(folder.resolve("out/robustness.csv")).get(1))
                .endsWith(",,,,,,");
        assertThat(RobustnessTable.text(without)).doesNotContain("size alone");

        Path found = folder.resolve("found");
        Simulator.run(
                found,
                new SimulationSettings(
                        3, SIZE, OptionalInt.of(PARTICLES), Imaging.SHREC, TRAINING_SEED, Optional.empty(), 1),
                Progress.none(),
                text -> {});
        RobustnessResult with = measure(new RobustnessSettings(
                run,
                Optional.of(found),
                Optional.of(folder.resolve("out")),
                Optional.empty(),
                1,
                SIZE,
                OptionalInt.of(PARTICLES),
                9,
                List.of(Factor.PICKING),
                true,
                false,
                Mirrors.NONE,
                1));
        assertThat(with.notes()).isEmpty();
        assertThat(with.lines().getFirst().hasSizeAlone()).isTrue();
        assertThat(with.lines().getFirst().points().getLast().measured().f1())
                .isEqualTo(
                        without.lines().getFirst().points().getLast().measured().f1());
    }

    @Test
    void whatCannotBeMeasuredIsNamed() throws IOException {
        Path run = trained(Source.RECONSTRUCTION);
        assertThatThrownBy(() -> measure(new RobustnessSettings(
                        run,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        1,
                        SIZE,
                        OptionalInt.empty(),
                        TRAINING_SEED,
                        List.of(Factor.SNR),
                        true,
                        false,
                        Mirrors.NONE,
                        1)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("--seed 5 is the seed of the data that " + run + " was trained on");
        Path other = TinyRun.write(folder.resolve("other"), data(), List.of("ribosome", "proteasome"));
        assertThatThrownBy(() -> measure(settings(other, false, Factor.PICKING)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("tells apart the classes ribosome, proteasome in grandmodel.mrc")
                .hasMessageContaining("SHREC 2020's layout with its twelve proteins");
        assertThatThrownBy(() -> measure(settings(folder.resolve("nowhere"), false, Factor.PICKING)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("no such folder");
        measure(settings(run, false, Factor.PICKING));
        Path file = folder.resolve("out/conditions/picking-3.json");
        Files.writeString(file, "{\"condition\": \"picking-3\", \"particles\": \"many\"}");
        assertThatThrownBy(() -> measure(settings(run, false, Factor.PICKING)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(file + " does not hold what was measured under a condition")
                .hasMessageEndingWith("delete it, and it is measured again");
    }

    @Test
    void densitiesHaveToBeThoseOfTheTrainingData() throws IOException {
        Path own = Files.createDirectory(folder.resolve("own"));
        Path run = TinyRun.write(folder.resolve("run"), own, ClassNames.SHREC_2020.names(), Source.RECONSTRUCTION);
        String description = Files.readString(data().resolve("simulation.json"));
        Files.writeString(own.resolve("simulation.json"), description.replace("assemblies", "templates"));
        assertThatThrownBy(() -> measure(settings(run, false, Factor.SNR)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("was trained on particles that were simulated from given densities; give their"
                        + " folder with --templates");
    }

    @Test
    void aFullDiskIsForeseen() throws IOException {
        RobustnessFolder out = new RobustnessFolder(folder);
        assertThatThrownBy(() -> out.requireSpace(Long.MAX_VALUE))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("MiB of disk")
                .hasMessageContaining("choose another folder with --out, or a smaller --size");
    }
}
