package org.cryonext.cryoet.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.cryonext.cryoet.card.ModelCard;
import org.cryonext.cryoet.dataset.Dataset;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.run.Recipe;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training on a share of its particles, as a learning curve needs it. */
final class TrainShareTest {
    @TempDir
    private Path folder;

    private static Sample sample(int line, int label) {
        return new Sample("model_0", new Particle("list", line, "model_0", line, 0, 0, "c" + label, null), label);
    }

    /** 40 of class 0, 20 of class 1, 1 of class 2; ten validate. */
    private static SampleSet samples() {
        List<Sample> train = new ArrayList<>();
        IntStream.range(0, 61).forEach(i -> train.add(sample(i, i < 40 ? 0 : i < 60 ? 1 : 2)));
        List<Sample> validation =
                IntStream.range(100, 110).mapToObj(i -> sample(i, 1)).toList();
        return SampleSet.join(train, validation);
    }

    private static List<Sample> training(SampleSet set) {
        return IntStream.of(set.train()).mapToObj(set.samples()::get).toList();
    }

    private static List<Sample> validation(SampleSet set) {
        return IntStream.of(set.validation()).mapToObj(set.samples()::get).toList();
    }

    @Test
    void ofEachClassTheSameShareIsKept() {
        SampleSet all = samples();
        SampleSet quarter = all.withTrainingShare(0.25, 42);
        assertThat(training(quarter)).filteredOn(s -> s.label() == 0).hasSize(10);
        assertThat(training(quarter)).filteredOn(s -> s.label() == 1).hasSize(5);
        assertThat(training(quarter))
                .filteredOn(s -> s.label() == 2)
                .as("at least one")
                .hasSize(1);
        assertThat(validation(quarter)).isEqualTo(validation(all));
        assertThat(quarter.samples()).as("what is dropped need not be read").hasSize(16 + 10);
        assertThat(training(quarter))
                .as("in their order")
                .isSubsetOf(training(all))
                .isSortedAccordingTo((a, b) ->
                        Integer.compare(a.particle().line(), b.particle().line()));
        assertThat(all.withTrainingShare(1, 42)).isSameAs(all);
    }

    @Test
    void aSmallerShareIsAPartOfALargerOneAndTheSeedDecides() {
        List<Sample> quarter = training(samples().withTrainingShare(0.25, 42));
        List<Sample> half = training(samples().withTrainingShare(0.5, 42));
        assertThat(half).containsAll(quarter).hasSize(31);
        assertThat(training(samples().withTrainingShare(0.25, 42))).isEqualTo(quarter);
        assertThat(training(samples().withTrainingShare(0.25, 43))).isNotEqualTo(quarter);
    }

    @Test
    void theRunRemembersItsShare() throws IOException {
        Path data = TinyData.write(folder.resolve("data"), 3, 12);
        TrainOptions options = new TrainOptions(data, folder.resolve("run"));
        options.recipe = Recipe.SCRATCH;
        options.depths = List.of(1, 1, 1, 1);
        options.dims = List.of(4, 6, 8, 10);
        options.imageSize = 32;
        options.epochs = 1;
        options.batch = 3;
        options.trainShare = 0.5;
        try (Backend backend = new CpuBackend(1)) {
            Trainer.run(options, Quiet.context(backend));
        }
        RunFolder run = RunFolder.open(options.out);
        assertThat(run.settings().division().trainShare()).isEqualTo(0.5);
        assertThat(run.settings().provenance().command()).contains(" --train-share 0.5");
        RunSamples trained = RunSamples.of(run, Dataset.open(data));
        assertThat(trained.train()).containsExactly(2, 2, 2);
        assertThat(trained.validation()).containsExactly(4, 4, 4);
        assertThat(trained.training()).hasSize(6);
        assertThat(ModelCard.write(run)).content().contains("share of the training particles, of each class | 0.5 |");

        TrainOptions again = new TrainOptions(data, options.out);
        again.resume = true;
        again.trainShare = 0.25;
        try (Backend backend = new CpuBackend(1)) {
            assertThatThrownBy(() -> Trainer.run(again, Quiet.context(backend)))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("--train-share is 0.25")
                    .hasMessageContaining("was begun with 0.5");
            again.trainShare = 0.5;
            assertThat(Trainer.run(again, Quiet.context(backend)).end()).isNotEqualTo(TrainResult.End.STOPPED);
        }
    }

    @Test
    void anOrderFileListsItsOwnSamples() {
        TrainOptions options = new TrainOptions(folder, folder.resolve("run"));
        options.recipe = Recipe.SCRATCH;
        options.trainShare = 0.5;
        options.order = folder.resolve("order.json");
        assertThatThrownBy(options::check)
                .isInstanceOf(InputException.class)
                .hasMessageContaining("--train-share is given with --order");
    }
}
