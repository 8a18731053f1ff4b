package org.cryonext.cryoet.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.cryonext.cryoet.network.LikeReference;
import org.cryonext.cryoet.run.BegunTasks;
import org.cryonext.cryoet.run.ChosenKernels;
import org.cryonext.cryoet.run.Recipe;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.backend.Usage;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.engine.op.Linear;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run on a device that chooses among kernels records what was chosen, and a resumed one chooses the same. */
final class ChosenKernelsTest {
    @TempDir
    private Path folder;

    private Path data;

    @BeforeEach
    void makeData() throws IOException {
        data = TinyData.write(folder.resolve("data"), 3, 12);
    }

    private TrainOptions options() {
        TrainOptions options = new TrainOptions(data, folder.resolve("run"));
        options.recipe = Recipe.SCRATCH;
        options.depths = List.of(1, 1, 1, 1);
        options.dims = List.of(4, 4, 4, 4);
        options.imageSize = 32;
        options.epochs = 2;
        options.batch = 4;
        return options;
    }

    /** The reference, which says that it has two kernels for Linear, and takes the one that it is told. */
    private static final class Choosing extends LikeReference {
        private final SortedMap<String, String> choices = new TreeMap<>();
        private final Map<String, String> repeated = new HashMap<>();
        private final String favourite;

        Choosing(String favourite) {
            this.favourite = favourite;
        }

        @Override
        public Kernel kernel(Node node, Usage usage) {
            if (node.op() instanceof Linear) {
                String work = "Linear " + node.outputs();
                choices.put(work, repeated.getOrDefault(work, favourite));
            }
            return super.kernel(node, usage);
        }

        @Override
        public SortedMap<String, String> choices() {
            return choices;
        }

        @Override
        public Optional<String> choice(Node node, Usage usage) {
            return node.op() instanceof Linear
                    ? Optional.ofNullable(choices.get("Linear " + node.outputs()))
                    : Optional.empty();
        }

        @Override
        public void repeat(Map<String, String> earlier, Consumer<String> say) {
            repeated.putAll(earlier);
        }
    }

    private static TrainResult train(TrainOptions options, Backend backend, BooleanSupplier stop) {
        return Trainer.run(options, new TrainContext(backend, Progress.none(), text -> {}, stop));
    }

    @Test
    void aResumedRunChoosesWhatItChoseBefore() {
        TrainOptions options = options();
        Map<String, String> first;
        try (Choosing backend = new Choosing("fast")) {
            assertThat(train(options, backend, () -> !backend.choices.isEmpty()).end())
                    .isEqualTo(TrainResult.End.STOPPED);
            first = Map.copyOf(backend.choices);
        }
        RunFolder run = RunFolder.open(options.out);
        assertThat(first).isNotEmpty().containsValue("fast");
        assertThat(ChosenKernels.of(run).map()).isEqualTo(first);
        options.resume = true;
        try (Choosing backend = new Choosing("faster")) {
            assertThat(train(options, backend, () -> false).end()).isEqualTo(TrainResult.End.COMPLETE);
            assertThat(backend.repeated).isEqualTo(first);
            // What is validated with was not planned before.
            assertThat(backend.choices).containsAllEntriesOf(first);
            assertThat(ChosenKernels.of(run).map()).isEqualTo(backend.choices);
        }
    }

    /** They have other bits. */
    @Test
    void resultsOfOtherKernelsAreNotTakenFromAnEarlierRun() throws IOException {
        TinyTraining tiny = TinyTraining.make(folder.resolve("tiny"));
        Path cache = folder.resolve("frozen");
        List<String> tasks = new ArrayList<>();
        for (String favourite : List.of("fast", "faster", "fast")) {
            TrainOptions options = tiny.paper(folder.resolve("run" + tasks.size()));
            options.epochs = 1;
            try (Choosing backend = new Choosing(favourite)) {
                Trainer.run(
                        options,
                        new TrainContext(backend, new BegunTasks(tasks), text -> {}, () -> false, false, cache));
            }
            tasks.add(favourite);
        }
        assertThat(tasks.stream().filter(task -> !task.startsWith("Epoch") && !task.startsWith("Cutting")))
                .containsSubsequence("Frozen layers, train", "fast", "Frozen layers, train", "faster", "fast")
                .filteredOn(task -> task.equals("Frozen layers, train"))
                .hasSize(2);
    }

    @Test
    void aDeviceThatHasNothingToChooseLeavesNoFile() {
        TrainOptions options = options();
        try (Backend backend = new ReferenceBackend()) {
            train(options, backend, () -> false);
        }
        assertThat(RunFolder.open(options.out).chosenKernels()).doesNotExist();
    }

    @Test
    void aDamagedFileIsNamed() throws IOException {
        TrainOptions options = options();
        try (Choosing backend = new Choosing("fast")) {
            train(options, backend, () -> !backend.choices.isEmpty());
        }
        options.resume = true;
        RunFolder run = RunFolder.open(options.out);
        for (String damage : List.of("", "[]", "null", "{\"work\": null}", "{\"work\": {}}")) {
            Files.writeString(run.chosenKernels(), damage);
            try (Choosing backend = new Choosing("fast")) {
                assertThatThrownBy(() -> train(options, backend, () -> false))
                        .as(damage)
                        .isInstanceOf(InputException.class)
                        .hasMessageStartingWith(run.chosenKernels() + " ")
                        .hasMessageEndingWith("; delete it, and the run goes on with others");
            }
        }
    }
}
