package org.cryonext.cryoet.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.cryonext.cryoet.triplet.View;
import org.junit.jupiter.api.Test;

final class PicturesTest {
    private static List<String> shown(List<View> views) {
        return Arrays.stream(Pictures.shown(views))
                .mapToObj(v -> Pictures.name(views, v))
                .toList();
    }

    @Test
    void eachCubeIsShown() {
        List<View> cubes = new ArrayList<>(View.slabs(8, 4, 32));
        assertThat(shown(cubes)).containsExactly("XY -2 (mean of 4)", "XZ -2 (mean of 4)", "YZ -2 (mean of 4)");
        cubes.addAll(View.slabs(8, 2, 16));
        assertThat(shown(cubes))
                .containsExactly(
                        "XY -2 (mean of 4), 32 voxels wide",
                        "XZ -2 (mean of 4), 32 voxels wide",
                        "YZ -2 (mean of 4), 32 voxels wide",
                        "XY -1 (mean of 2), 16 voxels wide",
                        "XZ -1 (mean of 2), 16 voxels wide",
                        "YZ -1 (mean of 2), 16 voxels wide");
        assertThat(shown(View.PAPER)).containsExactly("XY", "XZ", "YZ");
    }
}
