package org.cryonext.cryoet.zarr;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class OmeImageTest {
    private static final Path IMAGE = Path.of("src/test/resources/org/cryonext/cryoet/zarr/v2-plain.zarr");

    /** Four chunks of 560 bytes lie side by side. */
    @Test
    void aSliceThatNeedsMoreThanIsKeptIsNoted() {
        assertThat(OmeImage.open(IMAGE, 4 * 560).notes()).isEmpty();
        assertThat(OmeImage.open(IMAGE, 4 * 560 - 1).notes())
                .containsExactly(
                        "a slice needs 1 MiB of chunks, and 1 are kept, a quarter of the memory, so reading takes"
                                + " long; give more with --memory, or write the volume again in thinner chunks");
    }

    @Test
    void axesAreFoundByTheirNames() {
        assertThat(OmeImage.open(IMAGE).axes()).containsExactly(2, 1, 0);
        assertThat(OmeImage.open(IMAGE.resolveSibling("v2-gzip.zarr")).axes()).containsExactly(0, 1, 2);
        assertThat(OmeImage.open(IMAGE.resolveSibling("v2-zlib.zarr")).axes()).containsExactly(4, 3, 2);
    }
}
