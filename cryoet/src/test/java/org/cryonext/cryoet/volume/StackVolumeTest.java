package org.cryonext.cryoet.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StackVolumeTest {
    @TempDir
    private Path folder;

    private List<Path> write(int... edges) {
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < edges.length; i++) {
            int n = edges[i];
            MemoryVolume volume = MemoryVolume.zeros("sub", n, n, n, 10);
            for (int z = 0; z < n; z++) {
                for (int j = 0; j < n * n; j++) {
                    volume.slice(z)[j] = 1000 * i + z;
                }
            }
            volume.slice(n / 2)[n / 2 * n + n / 2] = -1;
            Path file = folder.resolve("sub_" + i + ".mrc");
            MrcWriter.write(file, MrcForm.shrec(n, n, n), volume);
            files.add(file);
        }
        return files;
    }

    @Test
    void eachVolumeHasItsMiddleInTheMiddleOfItsCell() {
        try (StackVolume stack =
                StackVolume.open("stack", write(32, 60, 31), Collections.nCopies(3, Adaptation.NONE))) {
            assertThat(stack.cell()).isEqualTo(60);
            assertThat(stack.nz()).isEqualTo(180);
            for (int i = 0; i < 3; i++) {
                assertThat(stack.get(30, 30, 60 * i + 30)).isEqualTo(-1);
            }
        }
    }

    @Test
    void beyondItsBordersAVolumeGoesOnWithItsOutermostVoxels() {
        try (StackVolume stack = StackVolume.open("stack", write(16, 16), Collections.nCopies(2, Adaptation.NONE))) {
            int middle = stack.cell() + stack.cell() / 2;
            assertThat(stack.get(0, 0, middle - 8)).isEqualTo(1000);
            assertThat(stack.get(0, 0, middle - 20)).isEqualTo(1000);
            assertThat(stack.get(51, 20, middle + 7)).isEqualTo(1015);
            assertThat(stack.get(51, 20, middle + 20)).isEqualTo(1015);
            float[] box = new float[49 * 49 * 49];
            stack.read(2, 2, middle - 24, 49, 49, 49, box, 0);
            assertThat(box).as("nothing of the other volume").doesNotContain(0, 15);
            assertThat(box[(24 * 49 + 24) * 49 + 24]).isEqualTo(-1);
        }
    }

    @Test
    void moreFilesThanStayOpenAreRead() {
        int[] edges = new int[20];
        Arrays.fill(edges, 8);
        try (StackVolume stack =
                StackVolume.open("stack", write(edges), Collections.nCopies(20, new Adaptation(0, 0, true)))) {
            for (int i = 19; i >= 0; i--) {
                assertThat(stack.get(0, 0, i * stack.cell())).isEqualTo(-1000 * i);
            }
        }
    }
}
