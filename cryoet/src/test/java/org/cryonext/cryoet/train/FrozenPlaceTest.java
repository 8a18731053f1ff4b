package org.cryonext.cryoet.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    void aFolderThatIsNotThereYetLiesOnADisk() {
        assertThat(FrozenPlace.diskLeft(folder.resolve("a").resolve("b"))).isPositive();
    }
}
