package org.cryonext.cryoet.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.cryonext.cryoet.train.TinyTraining.losses;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.cryonext.cryoet.run.BegunTasks;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.io.InputException;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.checkpoint.Preprocessing;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Version;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Results of what is frozen that outlive the run that computed them. */
final class FrozenCacheTest {
    private static final String EARLIER = "was computed by an earlier run: ";

    @TempDir
    private static Path shared;

    @TempDir
    private Path folder;

    private static TinyTraining tiny;
    private Path cache;

    @BeforeAll
    static void makeData() throws IOException {
        tiny = TinyTraining.make(shared);
    }

    @BeforeEach
    void nameCache() {
        cache = folder.resolve("frozen").resolve("results");
    }

    /** The head alone for an epoch, then the last stage too; 19 samples train and 5 validate. */
    private TrainOptions paper(String name) {
        return tiny.paper(folder.resolve(name));
    }

    /** The first phase alone. */
    private TrainOptions head(String name) {
        TrainOptions options = paper(name);
        options.epochs = 1;
        return options;
    }

    /** What a training did. */
    private record Ran(TrainResult result, List<String> said, List<String> tasks) {
        RunFolder run() {
            return result.run();
        }

        long computed() {
            return tasks.stream()
                    .filter(task -> task.startsWith("Frozen layers"))
                    .count();
        }

        List<String> earlier() {
            return said.stream().filter(text -> text.contains(EARLIER)).toList();
        }
    }

    private static Ran train(TrainOptions options, Path cache, Backend backend, int questions) {
        List<String> said = new ArrayList<>();
        List<String> tasks = new ArrayList<>();
        AtomicInteger asked = new AtomicInteger();
        TrainContext context = new TrainContext(
                backend, new BegunTasks(tasks), said::add, () -> asked.incrementAndGet() > questions, false, cache);
        return new Ran(Trainer.run(options, context), said, tasks);
    }

    private static Ran train(TrainOptions options, Path cache) {
        try (Backend backend = new ReferenceBackend()) {
            return train(options, cache, backend, Integer.MAX_VALUE);
        }
    }

    private static Ran trainUntil(TrainOptions options, Path cache, int questions) {
        try (Backend backend = new ReferenceBackend()) {
            return train(options, cache, backend, questions);
        }
    }

    private Ran resume(Ran stopped, Path where) {
        assertThat(stopped.result().end()).isEqualTo(TrainResult.End.STOPPED);
        TrainOptions again = new TrainOptions(tiny.data(), stopped.run().folder());
        again.resume = true;
        return train(again, where);
    }

    /** The files kept for later runs, and any others beside them. */
    private List<String> files() throws IOException {
        if (!Files.exists(cache)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(cache)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private Map<String, List<Byte>> contents() throws IOException {
        Map<String, List<Byte>> contents = new TreeMap<>();
        for (String file : files()) {
            List<Byte> bytes = new ArrayList<>();
            for (byte value : Files.readAllBytes(cache.resolve(file))) {
                bytes.add(value);
            }
            contents.put(file, bytes);
        }
        return contents;
    }

    private static void requireSame(RunFolder run, RunFolder expected) throws IOException {
        SameRuns.requireSameCheckpoints(run, expected);
        assertThat(losses(run)).isEqualTo(losses(expected));
        for (String figure : List.of("train_loss", "val_loss", "val_accuracy")) {
            assertThat(TinyTraining.lines(run, false).stream()
                            .map(line -> line.get(figure).asDouble()))
                    .as(figure)
                    .isEqualTo(TinyTraining.lines(expected, false).stream()
                            .map(line -> line.get(figure).asDouble())
                            .toList());
        }
    }

    @Test
    void aLaterRunTakesWhatAnEarlierOneComputed() throws IOException {
        RunFolder expected = train(paper("without"), null).run();
        Ran first = train(paper("first"), cache);
        assertThat(first.said())
                .contains(
                        "What is frozen from epoch 0 on is computed once and kept in " + cache + " for later runs",
                        "What is frozen from epoch 1 on is computed once and kept in " + cache + " for later runs");
        assertThat(first.computed()).as("two sets of samples in two phases").isEqualTo(4);
        assertThat(files()).hasSize(4).allMatch(name -> name.matches("[0-9a-f]{64}\\.f32"));
        Map<String, List<Byte>> kept = contents();

        Ran second = train(paper("second"), cache);
        assertThat(second.computed()).isZero();
        assertThat(second.earlier()).hasSize(2);
        assertThat(second.earlier().getFirst())
                .matches("What is frozen from epoch 0 on " + EARLIER + cache + "/[0-9a-f]{64}\\.f32 \\(train\\), "
                        + cache + "/[0-9a-f]{64}\\.f32 \\(validation\\)");
        assertThat(contents()).as("nothing is written").isEqualTo(kept);
        for (Ran ran : List.of(first, second)) {
            requireSame(ran.run(), expected);
            assertThat(ran.run().cache()).doesNotExist();
            assertThat(ran.run().settingsFile()).content().doesNotContain(cache.toString());
        }
    }

    @Test
    void whatItWasComputedWithCountsAndNotHowFast() throws IOException {
        try (Backend one = new CpuBackend(1);
                Backend two = new CpuBackend(2)) {
            Ran first = train(head("one"), cache, one, Integer.MAX_VALUE);
            Ran second = train(head("two"), cache, two, Integer.MAX_VALUE);
            assertThat(second.computed()).as("bits do not depend on threads").isZero();
            requireSame(second.run(), first.run());
        }
        assertThat(train(head("reference"), cache).computed()).isEqualTo(2);
    }

    @Test
    void theSameDataElsewhereAreTheSame() throws IOException {
        train(head("first"), cache);
        Path moved = TinyData.write(folder.resolve("moved"), 3, 12);
        assertThat(train(tiny.paper(moved, folder.resolve("run")), cache).earlier())
                .isNotEmpty();
    }

    @Test
    void otherWeightsDataSamplesImagesAndRoundingAreOtherResults() throws IOException {
        train(head("first"), cache);
        TrainOptions weights = head("weights");
        weights.init = folder.resolve("init");
        Checkpoint.fresh(
                        ConvNextConfig.of(Version.V1, List.of(1, 1, 1, 1), List.of(4, 6, 8, 10), 5),
                        Preprocessing.imageNet(48),
                        4)
                .write(weights.init);
        TrainOptions deviation = head("deviation");
        deviation.init = folder.resolve("other-images");
        Checkpoint same = Checkpoint.read(tiny.init());
        Preprocessing usual = same.preprocessing();
        new Checkpoint(
                        same.config(),
                        new Preprocessing(
                                usual.size(),
                                usual.resample(),
                                usual.cropPct(),
                                usual.rescaleFactor(),
                                usual.mean(),
                                List.of(0.3, 0.3, 0.3)),
                        same.parameters(),
                        same.report())
                .write(deviation.init);
        Path changed = TinyData.write(folder.resolve("changed"), 3, 12);
        Path volume = changed.resolve("model_0").resolve("grandmodel.mrc");
        byte[] bytes = Files.readAllBytes(volume);
        Arrays.fill(bytes, bytes.length / 2, bytes.length / 2 + 8000, (byte) 0);
        Files.write(volume, bytes);
        TrainOptions data = tiny.paper(changed, folder.resolve("data"));
        data.epochs = 1;
        TrainOptions samples = head("samples");
        samples.seed = 43L;
        TrainOptions images = head("images");
        images.imageSize = 64;
        TrainOptions rounded = head("rounded");
        rounded.frozenF16 = true;
        int files = 2;
        for (TrainOptions options : List.of(weights, deviation, data, samples, images, rounded)) {
            Ran ran = train(options, cache);
            assertThat(ran.computed()).as(options.out.toString()).isPositive();
            assertThat(ran.said())
                    .as(options.out.toString())
                    .noneMatch(text -> text.contains(EARLIER) && text.contains("(train)"));
            assertThat(files()).as(options.out.toString()).hasSizeGreaterThan(files);
            files = files().size();
        }
        assertThat(files().stream().filter(name -> name.endsWith(".f16"))).hasSize(2);
    }

    @Test
    void aStoppedRunLeavesWholeFilesAloneAndResumes() throws IOException {
        RunFolder expected = train(paper("whole"), null).run();
        // It is asked for each of 24 slices, then for each of 5 and 2 batches of the frozen part.
        Ran early = trainUntil(paper("early"), cache, 27);
        assertThat(files()).as("stopped among the training samples").isEmpty();
        Ran late = trainUntil(paper("late"), cache, 30);
        assertThat(files()).as("stopped among the validation samples").hasSize(1);
        Ran resumed = resume(early, cache);
        assertThat(resumed.earlier().getFirst()).contains("(train)").doesNotContain("(validation)");
        assertThat(resumed.computed()).isEqualTo(3);
        requireSame(resumed.run(), expected);
        assertThat(files()).hasSize(4);
        requireSame(resume(late, null).run(), expected);
    }

    @Test
    void aFileOfAnotherSizeIsNamedAndReplaced() throws IOException {
        RunFolder expected = train(head("first"), cache).run();
        Map<String, List<Byte>> kept = contents();
        for (String name : files()) {
            byte[] bytes = Files.readAllBytes(cache.resolve(name));
            Files.write(cache.resolve(name), Arrays.copyOf(bytes, bytes.length - 4));
        }
        Ran second = train(head("second"), cache);
        for (Map.Entry<String, List<Byte>> file : kept.entrySet()) {
            int size = file.getValue().size();
            assertThat(second.said())
                    .contains(cache.resolve(file.getKey()) + " has " + (size - 4) + " bytes, and " + size
                            + " were expected: it is computed again and replaced");
        }
        assertThat(second.computed()).isEqualTo(2);
        assertThat(contents()).isEqualTo(kept);
        requireSame(second.run(), expected);
    }

    @Test
    void runsThatComputeTheSameAtOnceAreBothRight() throws IOException {
        RunFolder expected = train(head("whole"), null).run();
        CompletableFuture<Ran> beside = CompletableFuture.supplyAsync(() -> train(head("beside"), cache));
        Ran here = train(head("here"), cache);
        requireSame(here.run(), expected);
        requireSame(beside.join().run(), expected);
        assertThat(files()).hasSize(2).allMatch(name -> name.endsWith(".f32"));
    }

    @Test
    void halfPrecisionTakesHalfTheRoomWhereverItIsKept() throws IOException {
        train(head("single"), cache);
        long single = 0;
        for (String name : files()) {
            single += Files.size(cache.resolve(name));
            Files.delete(cache.resolve(name));
        }
        TrainOptions options = paper("memory");
        options.frozenF16 = true;
        Ran memory = train(options, null);
        assertThat(memory.said()).contains("What is frozen from epoch 0 on is computed once and kept in memory");
        TrainOptions halves = head("halves");
        halves.frozenF16 = true;
        train(halves, cache);
        long half = 0;
        for (String name : files()) {
            half += Files.size(cache.resolve(name));
        }
        assertThat(half).isEqualTo(single / 2);
        TrainOptions file = paper("file");
        file.frozenF16 = true;
        Ran kept = train(file, cache);
        assertThat(kept.earlier()).hasSize(1);
        requireSame(kept.run(), memory.run());
        // Rounded to 11 bits, and not the same.
        List<Double> exact = losses(train(paper("exact"), null).run());
        List<Double> rounded = losses(memory.run());
        assertThat(rounded).isNotEqualTo(exact);
        assertThat(rounded.getFirst()).isCloseTo(exact.getFirst(), within(1e-2));
    }

    @Test
    void aResumedRunRoundsAsItWasBegun() throws IOException {
        TrainOptions whole = paper("whole");
        whole.frozenF16 = true;
        RunFolder expected = train(whole, null).run();
        assertThat(expected.settings().hyperparameters().frozenF16()).isTrue();
        assertThat(expected.settings().provenance().command()).contains(" --frozen-f16");
        assertThat(expected.folder().resolve("README.md")).content().contains("kept in half precision");
        TrainOptions options = paper("stopped");
        options.frozenF16 = true;
        requireSame(resume(trainUntil(options, null, 33), cache).run(), expected);

        RunFolder single = train(head("single"), null).run();
        assertThat(single.settings().hyperparameters().frozenF16()).isFalse();
        TrainOptions again = new TrainOptions(tiny.data(), single.folder());
        again.resume = true;
        again.frozenF16 = true;
        assertThatThrownBy(() -> train(again, null))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("--frozen-f16 is true, but the run in")
                .hasMessageContaining("was begun with false");
    }

    @Test
    void whatHalfPrecisionCannotHoldIsRefused() throws IOException {
        TrainOptions options = paper("large");
        options.init = folder.resolve("init");
        options.unfreeze = Map.of(3, 0);
        options.frozenF16 = true;
        Checkpoint large = Checkpoint.read(tiny.init());
        large.parameters().forEach((name, value) -> {
            if (name.contains("stages.2.") && name.endsWith("layer_scale_parameter")) {
                for (long i = 0; i < value.size(); i++) {
                    value.set(i, 1e9);
                }
            }
        });
        large.write(options.init);
        assertThatThrownBy(() -> train(options, cache))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("What is frozen gives numbers as large as ")
                .hasMessageEndingWith("; begin the run again and leave --frozen-f16 out");
        assertThat(options.out).doesNotExist();
        assertThat(files()).isEmpty();
    }

    @Test
    void aFolderThatCannotBeOneIsRefusedBeforeAnythingElse() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThatThrownBy(() -> train(paper("run"), file))
                .isInstanceOf(InputException.class)
                .hasMessage("Cannot write " + file + ": " + file + " is a file, not a folder; choose another place");
        assertThat(folder.resolve("run")).doesNotExist();
    }

    @Test
    void itIsSaidWhereNothingIsFrozen() throws IOException {
        TrainOptions options = tiny.scratch(folder.resolve("run"));
        options.epochs = 1;
        assertThat(train(options, cache).said())
                .contains("--frozen-cache has nothing to keep: no part of the network gives the same results in every"
                        + " epoch");
        assertThat(files()).isEmpty();
    }

    @Test
    void whatAKilledStartLeftInTheRunGoes() throws IOException {
        Ran stopped = trainUntil(head("run"), null, 33);
        Path left = Files.writeString(stopped.run().cache().resolve("train.f32"), "half");
        assertThat(resume(stopped, cache).result().end()).isEqualTo(TrainResult.End.COMPLETE);
        assertThat(left).doesNotExist();
        assertThat(stopped.run().cache()).doesNotExist();
    }
}
