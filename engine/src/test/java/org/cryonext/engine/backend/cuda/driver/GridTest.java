package org.cryonext.engine.backend.cuda.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GridTest {
    @Test
    void isWrittenAsCudasProgrammersDo() {
        assertThat(Grid.of(64, 256).withShared(1024)).hasToString("<<<(64, 1, 1), (256, 1, 1), 1024 bytes>>>");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, 1, 32, 1, 1, 0",
        "1, 65536, 1, 32, 1, 1, 0",
        "1, 1, 65536, 32, 1, 1, 0",
        "1, 1, 1, 1025, 1, 1, 0",
        "1, 1, 1, 32, 33, 1, 0",
        "1, 1, 1, 1, 1, 65, 0",
        "1, 1, 1, 0, 1, 1, 0",
        "1, 1, 1, 1, 1, 1, -1",
    })
    void whatNoCardLaunchesIsRefused(int x, int y, int z, int blockX, int blockY, int blockZ, int shared) {
        assertThatThrownBy(() -> new Grid(x, y, z, blockX, blockY, blockZ, shared))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("No card can launch <<<");
    }

    @Test
    void aRowOfBlocksHasAnEnd() {
        assertThat(Grid.of(Integer.MAX_VALUE, 1024).x()).isEqualTo(Integer.MAX_VALUE);
        assertThatThrownBy(() -> Grid.of(1L << 31, 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
