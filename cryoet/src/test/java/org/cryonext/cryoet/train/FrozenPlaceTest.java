package org.cryonext.cryoet.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.cryonext.cryoet.network.ReferenceCard;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.Heap;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.io.Progress;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.checkpoint.Preprocessing;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FrozenPlaceTest {
    private static final long GIB = 1L << 30;

    @TempDir
    private Path folder;

    @Test
    void resultsAreKeptWhereThereIsRoom() {
        assertThat(FrozenPlace.within(17 * GIB, 18 * GIB, 0)).isEqualTo(FrozenPlace.MEMORY);
        assertThat(FrozenPlace.within(17 * GIB, 2 * GIB, 18 * GIB)).isEqualTo(FrozenPlace.DISK);
        assertThat(FrozenPlace.within(17 * GIB, 2 * GIB, 18 * GIB - 1)).isEqualTo(FrozenPlace.NOWHERE);
    }

    @Test
    void inTheHeapProgramsLeaveLess() {
        try (Backend backend = new ReferenceBackend()) {
            long free = backend.availableBytes();
            assertThat(FrozenPlace.memoryLeft(backend, 200 << 20, 100 << 20))
                    .isEqualTo((long) (0.7 * (free - (300 << 20))));
            assertThat(FrozenPlace.memoryLeft(backend, free, 1)).isZero();
        }
    }

    /** They would be kept in a heap that has no room for them, or not in one that has. */
    @ParameterizedTest
    @ValueSource(longs = {80 * GIB, 1 << 20})
    void besideACardItsMemoryDoesNotMatter(long memory) {
        try (Backend card = new ReferenceCard(memory)) {
            assertThat(FrozenPlace.memoryLeft(card, memory, 100 << 20))
                    .isEqualTo((long) (0.7 * (Heap.availableBytes(0) - (100 << 20))));
            assertThat(FrozenPlace.memoryLeft(card, 0, Heap.availableBytes(0) + 1))
                    .isZero();
        }
    }

    /** A card that has just what the programs need: less than the results, which are wide, take of the heap. */
    @Test
    void aTrainingOnASmallCardKeepsItsResultsInTheHeap() throws IOException {
        Path data = TinyData.write(folder.resolve("data"), 3, 12);
        Path init = folder.resolve("init");
        Checkpoint.fresh(
                        ConvNextConfig.of(Version.V1, List.of(1, 1, 1, 1), List.of(4, 4, 256, 4), 3),
                        Preprocessing.imageNet(32),
                        3)
                .write(init);
        long memory = 8 * GIB;
        for (String name : List.of("large", "small")) {
            TrainOptions options = new TinyTraining(data, init).paper(folder.resolve(name));
            options.unfreeze = Map.of(3, 0);
            options.epochs = 1;
            options.batch = 1;
            List<String> said = new ArrayList<>();
            try (ReferenceCard card = new ReferenceCard(memory)) {
                Trainer.run(options, new TrainContext(card, Progress.none(), said::add, () -> false));
                memory = card.most();
            }
            assertThat(said).as(name).contains("What is frozen from epoch 0 on is computed once and kept in memory");
        }
    }

    @Test
    void aFolderThatIsNotThereYetLiesOnADisk() {
        assertThat(FrozenPlace.diskLeft(folder.resolve("a").resolve("b"))).isPositive();
    }
}
