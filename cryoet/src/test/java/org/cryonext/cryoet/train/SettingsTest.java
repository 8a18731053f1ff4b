package org.cryonext.cryoet.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.cryonext.cryoet.dataset.Dataset;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.run.Fusion;
import org.cryonext.cryoet.run.Hyperparameters;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.cryoet.run.Recipe;
import org.cryonext.cryoet.run.Sampling;
import org.cryonext.cryoet.run.SplitBy;
import org.cryonext.cryoet.triplet.Augmentation;
import org.cryonext.cryoet.triplet.Borders;
import org.cryonext.cryoet.triplet.View;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.optim.ParameterGroup;
import org.cryonext.engine.optim.Schedule;
import org.cryonext.models.checkpoint.Preprocessing;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Part;
import org.cryonext.models.convnext.Size;
import org.cryonext.models.convnext.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SettingsTest {
    @TempDir
    private Path folder;

    private static TrainOptions options(Recipe recipe) {
        TrainOptions options = new TrainOptions(Path.of("data"), Path.of("run"));
        options.recipe = recipe;
        options.init = recipe == Recipe.PAPER ? Path.of("init") : null;
        return options;
    }

    private static Hyperparameters numbers(TrainOptions options) {
        Presets presets = new Presets(options);
        return presets.hyperparameters(presets.epochs(), presets.batch(), List.of());
    }

    @Test
    void paperIsTheStudysRecipe() {
        Presets presets = new Presets(options(Recipe.PAPER));
        Hyperparameters numbers = numbers(options(Recipe.PAPER));
        assertThat(numbers.epochs()).isEqualTo(20);
        assertThat(numbers.batch()).isEqualTo(32);
        assertThat(numbers.headRate()).isEqualTo(1e-4);
        assertThat(numbers.backboneRate()).isEqualTo(1e-5);
        assertThat(numbers.weightDecay()).isEqualTo(0.01);
        assertThat(numbers.decayVectors()).isTrue();
        assertThat(numbers.schedule()).isEqualTo(Schedule.Kind.CONSTANT);
        assertThat(numbers.warmupEpochs()).isZero();
        assertThat(numbers.dropPath() + numbers.labelSmoothing() + numbers.clipNorm() + numbers.ema())
                .isZero();
        assertThat(numbers.unfreeze()).isEqualTo(Map.of(Part.HEAD, 0, Part.STAGE3, 5));
        assertThat(numbers.patience()).isEqualTo(3);
        assertThat(numbers.seed()).isEqualTo(42);
        assertThat(numbers.augment()).isFalse();
        assertThat(presets.weighsClasses()).isTrue();
        assertThat(presets.splitBy()).isEqualTo(SplitBy.PARTICLE);
        NetworkInput input = presets.input(Preprocessing.imageNet(224), Source.GRANDMODEL);
        assertThat(input)
                .isEqualTo(new NetworkInput(
                        View.PAPER,
                        48,
                        224,
                        List.of(0.485, 0.456, 0.406),
                        List.of(0.229, 0.224, 0.225),
                        Source.GRANDMODEL,
                        Borders.SKIP,
                        Fusion.LOGITS));
    }

    @Test
    void scratchTrainsEverythingAndAnyGivenOptionWins() {
        TrainOptions options = options(Recipe.SCRATCH);
        Presets presets = new Presets(options);
        assertThat(numbers(options).unfreeze().keySet()).containsExactly(Part.values());
        assertThat(numbers(options).augment()).isTrue();
        assertThat(numbers(options).decayVectors()).isFalse();
        assertThat(presets.splitBy()).isEqualTo(SplitBy.TOMOGRAM);
        assertThat(presets.input(Preprocessing.imageNet(224), Source.GRANDMODEL).borders())
                .isEqualTo(Borders.PAD);
        NetworkInput input = presets.input(Preprocessing.imageNet(224), Source.GRANDMODEL);
        assertThat(presets.architecture(List.of("a"), input).dims()).isEqualTo(Size.ATTO.dims());
        options.epochs = 7;
        options.headRate = 0.5;
        options.unfreeze = Map.of(3, 2);
        options.variant = Version.V1;
        options.size = Size.TINY;
        options.source = Source.RECONSTRUCTION;
        options.classWeights = true;
        options.seed = 0L;
        assertThat(numbers(options).epochs()).isEqualTo(7);
        assertThat(numbers(options).headRate()).isEqualTo(0.5);
        assertThat(numbers(options).seed()).isZero();
        assertThat(numbers(options).unfreeze()).isEqualTo(Map.of(Part.HEAD, 0, Part.STAGE3, 2));
        assertThat(presets.weighsClasses()).isTrue();
        assertThat(presets.architecture(List.of("a"), input).version()).isEqualTo(Version.V1);
        assertThat(presets.input(Preprocessing.imageNet(224), Source.GRANDMODEL).source())
                .isEqualTo(Source.RECONSTRUCTION);
    }

    @Test
    void bestIsTheDefaultOfReconstructionsAndReadsTheWholeCube() {
        TrainOptions options = new TrainOptions(Path.of("data"), Path.of("run"));
        assertThat(options.recipe()).isEqualTo(Recipe.PAPER);
        options.source = Source.RECONSTRUCTION;
        assertThat(options.recipe()).isEqualTo(Recipe.BEST);
        options.init = Path.of("init");
        assertThat(options.recipe()).isEqualTo(Recipe.PAPER);

        TrainOptions best = options(Recipe.BEST);
        Presets presets = new Presets(best);
        NetworkInput input = presets.input(Preprocessing.imageNet(224), Source.GRANDMODEL);
        assertThat(input.source()).isEqualTo(Source.RECONSTRUCTION);
        assertThat(input.views()).hasSize(24).isEqualTo(View.parse("slabs:8x4:32"));
        assertThat(input.imageSize()).as("two voxels a pixel").isEqualTo(16);
        assertThat(input.crop()).as("resized once").isEqualTo(32);
        assertThat(input.images()).isEqualTo(3);
        assertThat(input.fusion()).isEqualTo(Fusion.CONCAT);
        assertThat(presets.profile())
                .as("it is what a network learns by heart first")
                .isFalse();
        assertThat(numbers(best).dropPath()).isEqualTo(0.1);
        assertThat(presets.epochs()).isEqualTo(30);
        ConvNextConfig network = presets.architecture(List.of("a"), input);
        assertThat(network.channels()).isEqualTo(8);
        assertThat(network.patchSize()).isEqualTo(2);
        assertThat(network.dims()).containsExactly(24, 48, 96, 192);
        assertThat(numbers(best).augmentation()).isEqualTo(Augmentation.parse(List.of("flips")));
        assertThat(numbers(best).augment()).isFalse();
        assertThat(numbers(best).unfreeze().keySet()).containsExactly(Part.values());
        // A list of one's own has one kind of volume.
        assertThat(presets.input(Preprocessing.imageNet(224), Source.TOMOGRAM).source())
                .isEqualTo(Source.TOMOGRAM);
        // A size that is named is that size.
        best.size = Size.TINY;
        assertThat(new Presets(best).architecture(List.of("a"), input).depths()).isEqualTo(Size.TINY.depths());
        // Other slabs are channels too.
        best.views = View.parse("slabs:12x2:24");
        assertThat(new Presets(best).imageChannels()).isEqualTo(12);
        assertThat(new Presets(best)
                        .input(Preprocessing.imageNet(224), Source.GRANDMODEL)
                        .imageSize())
                .isEqualTo(24);
        // A cube of another edge beside it is resized to the images at once, as the first is.
        best.views = View.parse("slabs:8x4:32");
        best.views = Stream.concat(best.views.stream(), View.parse("slabs:8x2:16").stream())
                .toList();
        NetworkInput both = new Presets(best).input(Preprocessing.imageNet(224), Source.GRANDMODEL);
        assertThat(both.images()).isEqualTo(6);
        assertThat(both.imageChannels()).isEqualTo(8);
        assertThat(both.imageSize()).isEqualTo(16);
        assertThat(both.crop()).isEqualTo(16);
        best.imageSize = 224;
        assertThat(new Presets(best)
                        .input(Preprocessing.imageNet(224), Source.GRANDMODEL)
                        .crop())
                .as("stored as small as before")
                .isEqualTo(48);
        best.imageSize = null;
        // But no image is smaller than the network needs, or finer than the voxels.
        best.views = View.parse("slabs:6x4:24");
        assertThat(new Presets(best)
                        .input(Preprocessing.imageNet(224), Source.GRANDMODEL)
                        .imageSize())
                .isEqualTo(16);
        best.views = View.parse("slabs:24x1:24");
        assertThat(new Presets(best)
                        .input(Preprocessing.imageNet(224), Source.GRANDMODEL)
                        .imageSize())
                .isEqualTo(24);
        // Other views are not taken for slabs.
        best.views = View.PAPER;
        best.fusion = Fusion.LOGITS;
        best.augmentation = Augmentation.NONE;
        assertThat(new Presets(best)
                        .input(Preprocessing.imageNet(224), Source.GRANDMODEL)
                        .images())
                .isEqualTo(3);
        assertThat(new Presets(best).imageChannels()).isEqualTo(3);
        assertThat(numbers(best).augmentation()).isNull();
        best.dropPath = 0.0;
        assertThat(numbers(best).dropPath()).isZero();
    }

    @Test
    void anOrderFileOverridesSplitAndBorders() {
        TrainOptions options = options(Recipe.PAPER);
        options.order = Path.of("order.json");
        assertThat(new Presets(options)
                        .input(Preprocessing.imageNet(224), Source.GRANDMODEL)
                        .borders())
                .isEqualTo(Borders.PAD);
        options.borders = Borders.SKIP;
        assertThat(new Presets(options)
                        .input(Preprocessing.imageNet(224), Source.GRANDMODEL)
                        .borders())
                .isEqualTo(Borders.PAD);
        assertThat(new Presets(options).splitBy()).isEqualTo(SplitBy.ORDER);
    }

    @Test
    void optionsThatMakeNoSenseAreNamed() {
        TrainOptions options = options(Recipe.PAPER);
        options.init = null;
        assertThatThrownBy(options::check)
                .isInstanceOf(InputException.class)
                .hasMessageContaining("--init")
                .hasMessageContaining("--recipe scratch");
        TrainOptions both = options(Recipe.PAPER);
        both.size = Size.TINY;
        assertThatThrownBy(both::check).hasMessageContaining("with --init the checkpoint's own shape holds");
        TrainOptions half = options(Recipe.SCRATCH);
        half.depths = List.of(1, 1, 1, 1);
        assertThatThrownBy(half::check).hasMessageContaining("--depths and --dims together");
        TrainOptions drop = options(Recipe.SCRATCH);
        drop.dropPath = 1.0;
        assertThatThrownBy(drop::check)
                .hasMessageContaining("--drop-path is 1.0, expected a number from 0 on and below 1");
        TrainOptions withheld = options(Recipe.BEST);
        withheld.profileDropout = 0.1;
        assertThatThrownBy(withheld::check).hasMessageContaining("--profile-dropout is for a network with --profile");
        TrainOptions nan = options(Recipe.SCRATCH);
        nan.headRate = Double.NaN;
        assertThatThrownBy(nan::check).hasMessageContaining("--lr-head is NaN");
        TrainOptions stage = options(Recipe.SCRATCH);
        stage.unfreeze = Map.of(4, 1);
        assertThatThrownBy(stage::check).hasMessageContaining("--unfreeze-epoch has 4=1");
        TrainOptions batch = options(Recipe.SCRATCH);
        batch.batch = 0;
        assertThatThrownBy(batch::check).hasMessageContaining("--batch is 0, expected at least 1");
        TrainOptions split = options(Recipe.SCRATCH);
        split.splitBy = SplitBy.PARTICLE;
        split.validationTomograms = List.of("model_0");
        assertThatThrownBy(split::check).hasMessageContaining("--val-tomograms goes with --split tomogram only");
        TrainOptions leak = options(Recipe.SCRATCH);
        leak.trainTomograms = List.of("model_0", "model_1");
        leak.testTomograms = List.of("model_1");
        assertThatThrownBy(leak::check)
                .hasMessageContaining(
                        "--test-tomograms: model_1 is named twice; a tomogram either trains, validates or" + " tests");
    }

    @Test
    void classWeightsAreTheStudys() {
        List<Double> weights = ClassWeights.inverse(
                new long[] {1719, 1290, 1592, 1982, 1911, 1605, 1580, 1432, 1440, 1629, 1768, 1463});
        double[] paper = {0.0773, 0.1030, 0.0835, 0.0671, 0.0695, 0.0828, 0.0841, 0.0928, 0.0923, 0.0816, 0.0752, 0.0908
        };
        for (int c = 0; c < paper.length; c++) {
            assertThat(weights.get(c)).isCloseTo(paper[c], within(5e-5));
        }
        assertThat(ClassWeights.inverse(new long[] {1, 0, 1})).containsExactly(0.5, 0.0, 0.5);
    }

    @Test
    void stagesAreUnfrozenByEpochAndNothingElseIs() {
        ConvNextConfig config = ConvNextConfig.of(Version.V1, List.of(1, 1, 1, 1), List.of(2, 2, 2, 2), 3);
        TrainOptions options = options(Recipe.PAPER);
        options.unfreeze = Map.of(3, 5, 2, 10);
        List<Phase> phases = Phase.of(numbers(options));
        assertThat(phases).extracting(Phase::firstEpoch).containsExactly(0, 5, 10);
        assertThat(phases.get(1).parts()).isEqualTo(Set.of(Part.STAGE3, Part.HEAD));
        assertThat(Phase.at(phases, 4)).isEqualTo(phases.get(0));
        assertThat(Phase.at(phases, 5)).isEqualTo(phases.get(1));
        assertThat(Phase.at(phases, 19)).isEqualTo(phases.get(2));
        assertThat(phases.get(0).trained(config)).containsExactly("classifier.weight", "classifier.bias");
        assertThat(phases.get(1).trained(config))
                .anyMatch(name -> name.contains("stages.3.downsampling_layer"))
                .noneMatch(name -> name.startsWith("convnext.layernorm"));
        assertThat(phases.get(1).groups(config, numbers(options)))
                .extracting(ParameterGroup::name)
                .containsExactly("head", "backbone");
        assertThat(Phase.of(numbers(options(Recipe.SCRATCH)))
                        .getFirst()
                        .groups(config, numbers(options(Recipe.SCRATCH))))
                .extracting(ParameterGroup::name, ParameterGroup::weightDecay)
                .containsExactly(
                        tuple("head", 0.05),
                        tuple("head.vectors", 0.0),
                        tuple("backbone", 0.05),
                        tuple("backbone.vectors", 0.0));
    }

    @Test
    void theLastTomogramTestsAndTheOneBeforeValidates() throws IOException {
        Dataset dataset = Dataset.open(TinyData.write(folder, 4, 3));
        TrainOptions options = options(Recipe.SCRATCH);
        assertThat(Tomograms.choose(dataset, SplitBy.TOMOGRAM, options))
                .isEqualTo(new Tomograms(List.of("model_0", "model_1"), List.of("model_2"), List.of("model_3")));
        assertThat(Tomograms.choose(dataset, SplitBy.PARTICLE, options))
                .isEqualTo(new Tomograms(List.of("model_0", "model_1", "model_2"), List.of(), List.of("model_3")));
        options.testTomograms = List.of("model_0");
        assertThat(Tomograms.choose(dataset, SplitBy.TOMOGRAM, options).validation())
                .containsExactly("model_3");
        options.trainTomograms = List.of("model_7");
        assertThatThrownBy(() -> Tomograms.choose(dataset, SplitBy.TOMOGRAM, options))
                .hasMessageContaining("no tomogram \"model_7\"");
        Dataset two = new Dataset(folder, dataset.tomograms().subList(0, 2), 0, List.of());
        assertThatThrownBy(() -> Tomograms.choose(two, SplitBy.TOMOGRAM, options(Recipe.SCRATCH)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("has 2 tomograms, and none is left to train on");
    }

    @Test
    void batchesAreAShuffleOfAllTrainingSamplesThatDropsTheRest() {
        SampleSet samples = SampleSet.divide(Collections.nCopies(103, new Sample("t", null, 0)), 0.8, 42);
        assertThat(samples.train()).hasSize(82);
        assertThat(samples.validation()).hasSize(21);
        assertThat(IntStream.concat(IntStream.of(samples.train()), IntStream.of(samples.validation()))
                        .distinct())
                .hasSize(103);
        List<int[]> epoch = samples.batches(42, 0, 8, Sampling.SHUFFLED);
        assertThat(epoch).hasSize(10);
        assertThat(epoch.stream().flatMapToInt(Arrays::stream).distinct().count())
                .isEqualTo(80);
        assertThat(samples.batches(42, 0, 8, Sampling.SHUFFLED).getFirst()).isEqualTo(epoch.getFirst());
        assertThat(samples.batches(42, 1, 8, Sampling.SHUFFLED).getFirst()).isNotEqualTo(epoch.getFirst());
        assertThat(samples.batches(43, 0, 8, Sampling.SHUFFLED).getFirst()).isNotEqualTo(epoch.getFirst());
    }

    @Test
    void balancedEpochsShowAsManyOfEachClass() {
        List<Sample> all = new ArrayList<>();
        for (int i = 0; i < 90; i++) {
            all.add(new Sample("t", null, i < 60 ? 0 : i < 85 ? 1 : 4));
        }
        SampleSet samples = SampleSet.join(all, List.of(new Sample("v", null, 0)));
        int[] seen = new int[90];
        for (int epoch = 0; epoch < 10; epoch++) {
            List<int[]> batches = samples.batches(42, epoch, 6, Sampling.BALANCED);
            assertThat(batches).hasSize(15).allSatisfy(batch -> {
                int[] classes = new int[5];
                for (int index : batch) {
                    classes[all.get(index).label()]++;
                }
                assertThat(classes).containsExactly(2, 2, 0, 0, 2);
            });
            batches.forEach(batch -> Arrays.stream(batch).forEach(index -> seen[index]++));
        }
        // Ten epochs of 30 each: all of the 60, the 25 and the 5.
        assertThat(Arrays.stream(seen, 0, 60).sum()).isEqualTo(300);
        assertThat(Arrays.stream(seen, 0, 60)).allMatch(count -> count <= 10);
        assertThat(Arrays.stream(seen, 60, 85)).allMatch(count -> count >= 10 && count <= 20);
        assertThat(Arrays.stream(seen, 85, 90)).allMatch(count -> count == 60);
        assertThat(samples.batches(42, 1, 6, Sampling.BALANCED).getFirst())
                .isEqualTo(samples.batches(42, 1, 6, Sampling.BALANCED).getFirst())
                .isNotEqualTo(samples.batches(42, 2, 6, Sampling.BALANCED).getFirst());
    }

    @Test
    void ratesFallFromLayerToLayer() {
        ConvNextConfig config = ConvNextConfig.of(Version.V2, List.of(1, 1, 4, 1), List.of(2, 2, 2, 2), 3);
        TrainOptions options = options(Recipe.SCRATCH);
        options.layerDecay = 0.5;
        Hyperparameters numbers = numbers(options);
        Phase phase = Phase.of(numbers).getFirst();
        Map<String, Double> rates = phase.rates(config, numbers, 0.1);
        Map<String, Double> byParameter = new HashMap<>();
        for (ParameterGroup group : phase.groups(config, numbers)) {
            group.parameters().forEach(name -> byParameter.put(name, rates.get(group.name())));
        }
        assertThat(byParameter.keySet()).isEqualTo(Set.copyOf(phase.trained(config)));
        // Stem 0, stages 1 and 2, the third in two parts 3 and 4, the last 5, the final norm 6.
        double rate = 0.1 * 2e-3;
        assertThat(byParameter)
                .containsEntry("classifier.weight", rate)
                .containsEntry("convnextv2.layernorm.weight", rate)
                .containsEntry("convnextv2.encoder.stages.3.layers.0.dwconv.weight", rate / 2)
                .containsEntry("convnextv2.encoder.stages.3.downsampling_layer.1.weight", rate / 2)
                .containsEntry("convnextv2.encoder.stages.2.layers.3.dwconv.weight", rate / 4)
                .containsEntry("convnextv2.encoder.stages.2.layers.2.dwconv.weight", rate / 8)
                .containsEntry("convnextv2.encoder.stages.2.downsampling_layer.1.bias", rate / 8)
                .containsEntry("convnextv2.encoder.stages.1.layers.0.dwconv.weight", rate / 16)
                .containsEntry("convnextv2.encoder.stages.0.layers.0.dwconv.weight", rate / 32)
                .containsEntry("convnextv2.embeddings.patch_embeddings.weight", rate / 64);
    }
}
