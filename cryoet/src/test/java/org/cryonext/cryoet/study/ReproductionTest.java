package org.cryonext.cryoet.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.cryonext.cryoet.report.ReportTable;
import org.cryonext.cryoet.simulate.SimulationSettings;
import org.cryonext.cryoet.simulate.Simulator;
import org.cryonext.cryoet.simulate.VolumeSize;
import org.cryonext.cryoet.train.TrainContext;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.models.convnext.Size;
import org.cryonext.models.convnext.Version;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReproductionTest {
    @TempDir
    private static Path shared;

    @TempDir
    private Path folder;

    private final List<String> said = new ArrayList<>();

    @BeforeAll
    static void simulate() {
        Simulator.run(
                shared.resolve("data"),
                new SimulationSettings(4, new VolumeSize(96, 96, 96), OptionalInt.of(30), 0.05, 3, Optional.empty(), 1),
                Progress.none(),
                text -> {});
    }

    private static StudySettings settings(List<Version> variants) {
        return new StudySettings(
                shared.resolve("data").toString(), variants, Map.of(), false, Size.ATTO, 32, 1, 4, 2, List.of(42L));
    }

    private Optional<StudyResult> run(Path out, StudySettings settings, BooleanSupplier stop) {
        try (Backend backend = new CpuBackend(1)) {
            return Reproduction.run(out, settings, new TrainContext(backend, Progress.none(), said::add, stop));
        }
    }

    private static ReportTable table(StudyResult result, String id) {
        return result.tables().stream()
                .filter(table -> table.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void goesThroughTheWholeStudyAndOnFromWhereItWasStopped() throws IOException {
        Path out = folder.resolve("study");
        BooleanSupplier inTheThird = () -> said.stream().anyMatch(text -> text.startsWith("Training 3 of 8"));
        assertThat(run(out, settings(List.of(Version.V1, Version.V2)), inTheThird))
                .isEmpty();
        FileTime first = Files.getLastModifiedTime(out.resolve("paper-v1/best/model.safetensors"));
        assertThat(out.resolve("report.html")).doesNotExist();
        StudyResult result =
                run(out, settings(List.of(Version.V1, Version.V2)), () -> false).orElseThrow();

        assertThat(Files.getLastModifiedTime(out.resolve("paper-v1/best/model.safetensors")))
                .as("what was trained is not trained again")
                .isEqualTo(first);
        assertThat(result.tables())
                .extracting(ReportTable::id)
                .containsExactly(
                        "table1",
                        "table2_v1",
                        "table2_v2",
                        "table3",
                        "protocols_v1",
                        "protocols_v2",
                        "fair_runs",
                        "variants",
                        "alignment");
        assertThat(table(result, "table1").rows()).hasSize(2 * 5 + 2);
        assertThat(table(result, "table2_v2").rows()).hasSize(12);
        assertThat(table(result, "table3").rows()).hasSize(8 + 2 + 2 * 2 + 2 + 2 + 2);
        assertThat(table(result, "alignment").rows())
                .extracting(List::getFirst)
                .containsExactly("model_0", "model_1", "model_2", "model_3");
        assertThat(table(result, "protocols_v1").rows())
                .extracting(List::getFirst)
                .containsExactly("the paper's", "all particles", "split by tomogram", "reconstruction", "fair");
        // Cross-validation answers every particle of the three tomograms that are not the test.
        assertThat(table(result, "protocols_v1").rows().getLast().get(2)).isEqualTo("90");
        assertThat(table(result, "fair_runs").rows()).hasSize(2 * (2 + 2));
        assertThat(table(result, "variants").rows()).hasSize(3);
        for (String file : List.of(
                "tables/table1.csv",
                "classification_report.xlsx",
                "predictions_paper-v1.csv",
                "predictions_paper-v2_size_alone.csv",
                "predictions_fair-v1.csv",
                "predictions_fair-v2_most_frequent.csv",
                "figures/class_distribution.png",
                "figures/f1_per_class.png",
                "figures/samples.png",
                "figures/confusion_matrix_paper-v1.png",
                "figures/loss_paper-v2.png",
                "figures/accuracy_paper-v1.png",
                "tables/feature_map_paper-v1.csv",
                "figures/feature_map_paper-v2.png")) {
            assertThat(out.resolve(file)).isRegularFile();
        }
        assertThat(result.report())
                .content()
                .contains("Table 1: the test tomogram by the paper", "random weights, not with those of ImageNet")
                .contains("The network", "Map of the features", "paper-v1", "fair-v2")
                .contains("The data have 4 tomograms where SHREC 2020 has 10: the networks are tested on model_3")
                .contains("paper-v2: model_3, line", ", reconstruction");
        assertThat(result.tables())
                .filteredOn(table -> !table.id().equals("alignment"))
                .extracting(ReportTable::title)
                .allMatch(title -> title.endsWith("(from random weights)"));
        assertThatThrownBy(() -> run(out, settings(List.of(Version.V1)), () -> false))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(
                        "holds a study of other settings (variants is [\"V1\",\"V2\"] there and [\"V1\"] now)");
    }

    private StudySettings small(Path data, Integer epochs, Integer batch) {
        return new StudySettings(
                data.toString(), List.of(Version.V1), Map.of(), false, Size.ATTO, 32, epochs, batch, 2, List.of(42L));
    }

    @Test
    void goesOnWithNoOtherDataThanItBeganWith() throws IOException {
        Path data = Files.createDirectory(folder.resolve("data"));
        for (String name : List.of("model_0", "model_1", "model_2")) {
            copy(shared.resolve("data").resolve(name), data.resolve(name));
        }
        Path out = folder.resolve("study");
        assertThat(run(out, small(data, 1, 2), () -> true)).isEmpty();
        Path list = data.resolve("model_1/particle_locations.txt");
        String particles = Files.readString(list);
        Files.writeString(list, particles.substring(0, particles.stripTrailing().lastIndexOf('\n') + 1));
        Files.copy(
                data.resolve("model_0/reconstruction.mrc"),
                data.resolve("model_2/reconstruction.mrc"),
                StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(() -> run(out, small(data, 1, 2), () -> false))
                .isInstanceOf(InputException.class)
                .hasMessage(
                        "The data have changed since the study in " + out + " was begun: model_1 has another grandmodel"
                                + " or particle list, model_2 has another reconstruction; put back what was there, or delete "
                                + out + " or choose another folder with --out, and train anew");
    }

    @Test
    void tomogramsThatAreMissingOrThereTwiceAreNamed() throws IOException {
        Path data = simulated();
        Path first = data.resolve("model_1");
        Path away = Files.move(first, folder.resolve("away"));
        Files.move(data.resolve("model_2"), data.resolve("model_3"));
        Files.move(data.resolve("model_0"), data.resolve("model_1"));
        copy(data.resolve("model_1"), data.resolve("model_4"));
        assertThatThrownBy(() -> run(folder.resolve("study"), small(data, 1, 2), () -> false))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("has 3 tomograms, model_1 to model_4, but not model_0, model_2");
        Files.move(away, data.resolve("model_0"));
        Files.move(data.resolve("model_3"), data.resolve("model_2"));
        Files.move(data.resolve("model_4"), data.resolve("model_3"));
        assertThatThrownBy(() -> run(folder.resolve("study"), small(data, 1, 2), () -> false))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("model_3 holds the same particles and volumes as model_1");
        assertThat(folder.resolve("study")).doesNotExist();
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectory(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    @Test
    void optionsOutOfBoundsAreNamedBeforeAnythingIsReadOrWritten() {
        Path out = folder.resolve("study");
        assertThatThrownBy(() -> run(out, small(shared.resolve("data"), 0, 2), () -> false))
                .hasMessageStartingWith("--epochs is 0");
        assertThatThrownBy(() -> run(out, small(shared.resolve("data"), 1, -3), () -> false))
                .hasMessageStartingWith("--batch is -3");
        assertThat(out).doesNotExist();
    }

    @Test
    void aVolumeThatIsMissingIsNamedBeforeAnythingIsTrained() throws IOException {
        Path data = simulated();
        Path missing = data.resolve("model_1/reconstruction.mrc");
        Files.delete(missing);
        StudySettings half = new StudySettings(
                data.toString(), List.of(Version.V1), Map.of(), false, Size.ATTO, 32, 1, 2, 2, List.of(42L));

        assertThatThrownBy(() -> run(folder.resolve("study"), half, () -> false))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(missing.toString());
        assertThat(said).noneMatch(text -> text.startsWith("Training"));
        assertThat(folder.resolve("study")).doesNotExist();
    }

    /** Three tomograms of three particles each. */
    private Path simulated() {
        Path data = folder.resolve("data");
        Simulator.run(
                data,
                new SimulationSettings(3, new VolumeSize(64, 64, 64), OptionalInt.of(3), 0.05, 3, Optional.empty(), 1),
                Progress.none(),
                text -> {});
        return data;
    }

    private void requireTooSmall(Path data, int batch, String why) {
        StudySettings settings = new StudySettings(
                data.toString(), List.of(Version.V1), Map.of(), false, Size.ATTO, 32, 1, batch, 2, List.of(42L));
        assertThatThrownBy(() -> run(folder.resolve("study" + batch), settings, () -> false))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(data + " is too small for this study: " + why);
        assertThat(said).noneMatch(text -> text.startsWith("Training"));
    }

    @Test
    void tooFewParticlesAreNamedBeforeAnythingIsTrained() throws IOException {
        Path data = simulated();
        String centre = " 32 32 32 0 0 0\n";
        String corner = " 8 8 8 0 0 0\n";
        Path first = data.resolve("model_0/particle_locations.txt");
        Path second = data.resolve("model_1/particle_locations.txt");
        Path test = data.resolve("model_2/particle_locations.txt");
        Files.writeString(first, ("1bxn" + centre).repeat(4));
        Files.writeString(second, "1bxn" + centre + "4cr2" + corner);
        Files.writeString(test, "1bxn" + corner);
        requireTooSmall(
                data,
                5,
                "5 particles of model_0, model_1 lie 24 voxels from every border, so that by the paper's"
                        + " protocol 4 train, fewer than a step's 5");
        requireTooSmall(data, 4, "no particle of model_2, which tests, lies 24 voxels from every border");
        Files.writeString(test, "1bxn" + centre);
        requireTooSmall(
                data,
                3,
                "the tomograms that train where those of fold 0 validate (model_1) have 2 particles, fewer"
                        + " than a step's 3");
        assertThat(said).isEmpty();
    }

    @Test
    void tooFewTomogramsAreNamed() {
        StudySettings many = new StudySettings(
                shared.resolve("data").toString(),
                List.of(Version.V2),
                Map.of(),
                false,
                Size.ATTO,
                32,
                1,
                4,
                4,
                List.of(1L));
        assertThatThrownBy(() -> run(folder.resolve("study"), many, () -> false))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("has 4 tomograms, and a study of 4 folds needs at least 5");
    }

    @Test
    void settingsOutOfBoundsAreNamed() {
        assertThatThrownBy(() -> new StudySettings(
                        "data", List.of(Version.V1), Map.of(), false, Size.ATTO, null, null, null, 1, List.of(1L)))
                .isInstanceOf(InputException.class)
                .hasMessage("--folds is 1, expected at least 2");
        assertThatThrownBy(() -> new StudySettings(
                        "data", List.of(Version.V1), Map.of(), false, Size.ATTO, null, null, null, 2, List.of(1L, 1L)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("--seeds is [1, 1], expected different numbers");
    }
}
