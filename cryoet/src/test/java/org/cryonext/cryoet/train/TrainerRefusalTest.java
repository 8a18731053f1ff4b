package org.cryonext.cryoet.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.cryonext.cryoet.train.TinyTraining.losses;
import static org.cryonext.cryoet.train.TinyTraining.train;
import static org.cryonext.cryoet.train.TinyTraining.trainUntil;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.cryonext.cryoet.run.Recipe;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.models.checkpoint.Checkpoint;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a run refuses what it cannot use, and what it leaves then. */
final class TrainerRefusalTest {
    @TempDir
    private static Path shared;

    @TempDir
    private Path folder;

    private static TinyTraining tiny;
    private static Path data;

    @BeforeAll
    static void makeData() throws IOException {
        tiny = TinyTraining.make(shared);
        data = tiny.data();
    }

    private TrainOptions paper(String name) {
        return tiny.paper(folder.resolve(name));
    }

    @Test
    void weightsThatAreNoNumbersAreRefused() {
        TrainOptions options = paper("from-nan");
        Checkpoint diverged = Checkpoint.read(tiny.init());
        diverged.parameters().firstEntry().getValue().set(2, Double.NaN);
        options.init = options.out.resolveSibling("diverged");
        diverged.write(options.init);

        assertThatThrownBy(() -> train(options))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(options.init + ": of its ")
                .hasMessageContaining("1 are NaN and 0 infinite, the first in "
                        + diverged.parameters().firstEntry().getKey() + ", where finite numbers were expected");
        assertThat(options.out).doesNotExist();
    }

    @Test
    void aLossThatIsNoNumberNamesTheStep() {
        TrainOptions options = paper("nan");
        options.headRate = 1e30;
        options.backboneRate = 1e30;
        options.unfreeze = Map.of(3, 0);
        assertThatThrownBy(() -> train(options))
                .isInstanceOf(InputException.class)
                .hasMessageMatching(
                        "The loss of step \\d+ \\(epoch \\d+, from 0\\) is (NaN|-?Infinity): the training has gone astray.*");
    }

    @Test
    void aRunThatFailsBeforeItsFirstStepLeavesNothing() throws IOException {
        Path broken = TinyData.write(folder.resolve("broken"), 3, 12);
        Path volume = broken.resolve("model_1").resolve("grandmodel.mrc");
        byte[] bytes = Files.readAllBytes(volume);
        // From the middle on there are no numbers.
        Arrays.fill(bytes, bytes.length / 2, bytes.length, (byte) 0xFF);
        Files.write(volume, bytes);
        TrainOptions options = new TrainOptions(broken, folder.resolve("run"));
        options.recipe = Recipe.SCRATCH;
        options.batch = 4;
        options.trainTomograms = List.of("model_0", "model_1");
        options.validationTomograms = List.of("model_2");
        assertThatThrownBy(() -> train(options))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(volume.toString())
                .hasMessageContaining("NaN");
        assertThat(options.out).doesNotExist();
        Files.write(volume, Arrays.copyOf(bytes, 5000));
        assertThatThrownBy(() -> train(options))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("truncated: 5000 bytes");
        assertThat(options.out).doesNotExist();
    }

    @Test
    void whatFailsUnexpectedlyIsLeftToBeLookedAt() {
        TrainOptions options = paper("bug");
        TrainContext context;
        try (Backend backend = new ReferenceBackend()) {
            context = new TrainContext(
                    backend,
                    Progress.none(),
                    text -> {
                        throw new IllegalStateException("a bug");
                    },
                    () -> false);
            assertThatThrownBy(() -> Trainer.run(options, context)).hasMessage("a bug");
        }
        assertThat(options.out).isDirectory();
    }

    @Test
    void aRunWhoseStateIsLostIsNotBegunAnew() throws IOException {
        RunFolder run = train(paper("run")).run();
        Files.delete(run.state());
        byte[] best = Files.readAllBytes(run.best().resolve(Checkpoint.WEIGHTS));
        TrainOptions again = new TrainOptions(data, run.folder());
        again.resume = true;
        assertThatThrownBy(() -> train(again))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(
                        run.state() + " is missing, but " + run.metrics() + " shows that the run has" + " trained");
        Files.delete(run.metrics());
        assertThatThrownBy(() -> train(again)).hasMessageContaining("is missing, but " + run.best() + " shows");
        assertThat(run.best().resolve(Checkpoint.WEIGHTS)).hasBinaryContent(best);
        assertThat(run.metrics()).doesNotExist();
    }

    @Test
    void aRunIsNotResumedOnOtherDataOfTheSameNames() throws IOException {
        Path own = TinyData.write(folder.resolve("own"), 4, 12);
        TrainOptions options = tiny.paper(own, folder.resolve("run"));
        options.trainTomograms = List.of("model_0", "model_1");
        trainUntil(options, 3);
        Files.move(own.resolve("model_0"), folder.resolve("begun"));
        Files.move(own.resolve("model_3"), own.resolve("model_0"));
        TrainOptions again = new TrainOptions(own, options.out);
        again.resume = true;
        assertThatThrownBy(() -> train(again))
                .isInstanceOf(InputException.class)
                .hasMessage("model_0 of " + own + " is not the tomogram of that name on which the run " + options.out
                        + " was begun: its particles or its volume are others; put it back, or begin another run");
        Files.move(own.resolve("model_0"), own.resolve("model_3"));
        Files.move(folder.resolve("begun"), own.resolve("model_0"));
        assertThat(train(again).end()).isEqualTo(TrainResult.End.COMPLETE);
    }

    @Test
    void aFolderInUseAndOtherSettingsAreRefused() {
        TrainOptions options = paper("run");
        options.epochs = 1;
        train(options);
        assertThatThrownBy(() -> train(options)).hasMessageContaining("holds a run already; continue it with --resume");
        TrainOptions elsewhere = new TrainOptions(folder.resolve("other"), options.out);
        elsewhere.resume = true;
        assertThatThrownBy(() -> train(elsewhere))
                .isInstanceOf(InputException.class)
                .hasMessage(
                        "DATA is " + folder.resolve("other") + ", but the run in " + options.out + " was begun with "
                                + data + "; a resumed run keeps its data: give " + data + ", or begin another run");
        TrainOptions otherwiseNamed = new TrainOptions(data.resolve("../data"), options.out);
        otherwiseNamed.resume = true;
        assertThat(train(otherwiseNamed).end()).isEqualTo(TrainResult.End.COMPLETE);
        options.resume = true;
        options.batch = 5;
        assertThatThrownBy(() -> train(options))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("--batch is 5, but the run in")
                .hasMessageContaining("was begun with 4");
        TrainOptions missing = new TrainOptions(data, folder.resolve("nothing"));
        missing.resume = true;
        assertThatThrownBy(() -> train(missing)).hasMessageContaining("no such folder");
    }

    /** The tiny data as a list of one's own; model_0 and model_1 train and validate, model_2 tests. */
    private TrainOptions own(String name, UnaryOperator<String> className) throws IOException {
        StringBuilder list = new StringBuilder("tomogram,x,y,z,class\n");
        for (int t = 0; t < 3; t++) {
            String model = "model_" + t;
            Path volume = folder.resolve(name).resolve(model + ".mrc");
            Files.createDirectories(volume.getParent());
            Files.copy(data.resolve(model).resolve("grandmodel.mrc"), volume);
            for (String line : Files.readAllLines(data.resolve(model).resolve("particle_locations.txt"))) {
                String[] words = line.split(" ");
                list.append("%s,%s,%s,%s,%s%n"
                        .formatted(model, words[1], words[2], words[3], className.apply(model + " " + words[0])));
            }
        }
        Path file = Files.writeString(folder.resolve(name).resolve("particles.csv"), list);
        TrainOptions options = new TrainOptions(file, folder.resolve(name).resolve("run"));
        options.recipe = Recipe.SCRATCH;
        options.depths = List.of(1, 1, 1, 1);
        options.dims = List.of(4, 6, 8, 10);
        options.imageSize = 32;
        options.epochs = 1;
        options.batch = 4;
        return options;
    }

    @Test
    void oneClassAloneIsRefused() throws IOException {
        TrainOptions options = own("one", name -> name.startsWith("model_0") ? "ribosome" : name.split(" ")[1]);
        assertThatThrownBy(() -> train(options))
                .isInstanceOf(InputException.class)
                .hasMessage(
                        options.data + ": all 12 particles that train are of the class ribosome, and a network learns"
                                + " to tell classes apart; give a list with particles of at least two classes, or divide its"
                                + " tomograms otherwise");
        assertThat(options.out).doesNotExist();
    }

    @Test
    void classesThatNothingTrainsAreNamed() throws IOException {
        TrainOptions options = own("never", name -> switch (name) {
            case "model_1 small" -> "virus";
            case "model_2 small" -> "filament";
            default -> name.split(" ")[1];
        });
        List<String> said = new ArrayList<>();
        try (Backend backend = new ReferenceBackend()) {
            Trainer.run(options, new TrainContext(backend, Progress.none(), said::add, () -> false));
        }
        assertThat(said)
                .contains(
                        "No particle of the classes filament, virus trains: they occur only where the run validates or"
                                + " tests, and the network cannot learn them; divide the tomograms otherwise, or leave them out");
        said.clear();
        TrainOptions all = own("all", name -> name.split(" ")[1]);
        try (Backend backend = new ReferenceBackend()) {
            Trainer.run(all, new TrainContext(backend, Progress.none(), said::add, () -> false));
        }
        assertThat(said).noneMatch(sentence -> sentence.startsWith("No particle of"));
    }

    @Test
    void dataThatAreNotThereAreNamedBeforeTheRecipesNeeds() {
        TrainOptions options = new TrainOptions(folder.resolve("nosuch.star"), folder.resolve("run"));
        String message = options.data + ": no such file; check the path";
        assertThatThrownBy(() -> train(options))
                .isInstanceOf(InputException.class)
                .hasMessage(message);
        options.volumes = folder;
        assertThatThrownBy(() -> train(options)).hasMessage(message);
        options.recipe = Recipe.SCRATCH;
        assertThatThrownBy(() -> train(options)).hasMessage(message);
    }

    @Test
    void dataThatAreTakenOtherwiseAreRefused() {
        TrainOptions options = paper("run");
        options.epochs = 1;
        train(options);
        requireRefusal(options.out, again -> again.volumes = folder, "--volumes is " + folder, data.getParent());
        requireRefusal(options.out, again -> again.voxelSize = 13.5, "--voxel-size is 13.5", "the headers' sizes");
        requireRefusal(options.out, again -> again.rescale = 10.0, "--rescale is 10.0", "none");
        requireRefusal(options.out, again -> again.binning = 4.0, "--binning is 4.0", 1.0);
        TrainOptions inverted = resumed(options.out);
        inverted.invert = true;
        assertThatThrownBy(() -> train(inverted))
                .isInstanceOf(InputException.class)
                .hasMessage("--invert is given, but the run in " + options.out + " was begun without it; a resumed run"
                        + " keeps its settings: leave the option out, or begin another run");
        TrainOptions same = resumed(options.out);
        same.volumes = data.getParent();
        assertThat(train(same).end()).isEqualTo(TrainResult.End.COMPLETE);
    }

    private static void requireRefusal(Path run, Consumer<TrainOptions> other, String found, Object begun) {
        TrainOptions again = resumed(run);
        other.accept(again);
        assertThatThrownBy(() -> train(again))
                .isInstanceOf(InputException.class)
                .hasMessage(found + ", but the run in " + run + " was begun with " + begun
                        + "; a resumed run keeps its settings: leave the option out, or begin another run");
    }

    private static TrainOptions resumed(Path run) {
        TrainOptions again = new TrainOptions(data, run);
        again.resume = true;
        return again;
    }

    /** Every write to /dev/full fails as on a full disk. */
    @ParameterizedTest
    @ValueSource(strings = {"best/.model.safetensors.part", "newest/.state.safetensors.part"})
    @EnabledOnOs(value = OS.LINUX, disabledReason = "/dev/full is Linux's")
    void aRunOnAFullDiskSaysSoAndGoesOnToTheSameBits(String full) throws IOException {
        RunFolder expected = train(paper("whole")).run();
        TrainOptions options = paper("full");
        trainUntil(options, 33);
        Path temporary = options.out.resolve(full);
        Files.createDirectories(temporary.getParent());
        Files.createSymbolicLink(temporary, Path.of("/dev/full"));
        TrainOptions again = new TrainOptions(data, options.out);
        again.resume = true;
        assertThatThrownBy(() -> train(again))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("Cannot write " + temporary.getParent())
                .hasMessageMatching(".*\\.safetensors: .+");
        RunFolder run = train(again).run();
        SameRuns.requireSameCheckpoints(run, expected);
        assertThat(losses(run)).isEqualTo(losses(expected));
    }
}
