package org.cryonext.cryoet.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.cryonext.cryoet.network.ReferenceCard;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.Heap;
import org.cryonext.engine.backend.reference.ReferenceBackend;
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

    @Test
    void aFolderThatIsNotThereYetLiesOnADisk() {
        assertThat(FrozenPlace.diskLeft(folder.resolve("a").resolve("b"))).isPositive();
    }
}
