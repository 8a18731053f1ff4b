package org.cryonext.cryoet.zarr;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ChunkCacheTest {
    private static final Path IMAGES = Path.of("src/test/resources/org/cryonext/cryoet/zarr");

    @Test
    void whatWasNotUsedForLongestGoesFirst() {
        ChunkCache cache = new ChunkCache(3500);
        for (int i = 0; i < 3; i++) {
            cache.put(i, new byte[1000]);
        }
        assertThat(cache.get(0)).hasSize(1000);
        cache.put(3, new byte[1000]);
        assertThat(cache.get(0)).isNotNull();
        assertThat(cache.get(1)).isNull();
        assertThat(cache.bytes()).isBetween(3000L, 3500L);
        cache.put(4, new byte[9000]);
        assertThat(cache.get(4)).as("one that is too large is kept alone").isNotNull();
        assertThat(cache.get(0)).isNull();
        cache.put(5, new byte[0]);
        assertThat(cache.bytes()).as("an empty one is not free").isBetween(1L, 3500L);
        cache.clear();
        assertThat(cache.bytes()).isZero();
    }

    /** A chunk of 560 bytes each, twelve of them; a slice across z needs four. */
    @Test
    void anArrayKeepsWhatASliceNeedsButNoMoreThanItMay() {
        Path folder = IMAGES.resolve("v2-plain.zarr/0");
        ZarrArray small = ZarrArray.open(folder, 0, 100, 1200);
        ZarrArray layer = ZarrArray.open(folder, 0, 100, 1 << 20);
        ZarrArray all = ZarrArray.open(folder, 0, 1 << 20, 1 << 20);
        float[][] read = new float[3][9 * 10 * 13];
        ZarrArray[] arrays = {small, layer, all};
        for (int i = 0; i < 3; i++) {
            arrays[i].read(new int[3], new int[] {9, 10, 13}, new int[] {130, 13, 1}, read[i], 0);
        }
        assertThat(read[1]).isEqualTo(read[0]);
        assertThat(read[2]).isEqualTo(read[0]);
        assertThat(small.keptBytes()).isBetween(560L, 1200L);
        assertThat(layer.keptBytes()).isBetween(3 * 560L, 4 * 560L);
        assertThat(all.keptBytes()).isBetween(12 * 560L, 12 * 700L);
        all.close();
        assertThat(all.keptBytes()).isZero();
    }
}
