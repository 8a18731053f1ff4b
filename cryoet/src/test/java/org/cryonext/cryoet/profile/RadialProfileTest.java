package org.cryonext.cryoet.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.triplet.Placement;
import org.cryonext.cryoet.volume.MemoryVolume;
import org.cryonext.cryoet.volume.VolumeStatistics;
import org.junit.jupiter.api.Test;

class RadialProfileTest {
    private static final int N = 60;

    private static MemoryVolume noise() {
        Random random = new Random(5);
        float[] data = new float[N * N * N];
        for (int i = 0; i < data.length; i++) {
            data[i] = (float) (3 + 2 * random.nextGaussian());
        }
        return MemoryVolume.of("noise", N, N, N, 10, data);
    }

    private static Particle at(double x, double y, double z) {
        return new Particle("list", 1, "t", x, y, z, "a", null);
    }

    /** Straight from the definition, voxel by voxel. */
    private static double[] expected(MemoryVolume volume, int cx, int cy, int cz) {
        VolumeStatistics all = VolumeStatistics.of(volume);
        double[] sums = new double[24];
        double[] squares = new double[24];
        int[] counts = new int[24];
        double[] lows = {9e9, 9e9, 9e9, 9e9};
        double[] highs = {-9e9, -9e9, -9e9, -9e9};
        int[] cores = {1, 2, 3, 5};
        for (int z = cz - 24; z <= cz + 24; z++) {
            for (int y = cy - 24; y <= cy + 24; y++) {
                for (int x = cx - 24; x <= cx + 24; x++) {
                    boolean inside = Math.min(x, Math.min(y, z)) >= 0 && Math.max(x, Math.max(y, z)) < N;
                    double value = inside ? (volume.get(x, y, z) - all.mean()) / all.deviation() : 0;
                    double distance = Math.sqrt((x - cx) * (x - cx) + (y - cy) * (y - cy) + (z - cz) * (z - cz));
                    if (distance < 24) {
                        sums[(int) distance] += value;
                        squares[(int) distance] += value * value;
                        counts[(int) distance]++;
                    }
                    for (int c = 0; c < cores.length; c++) {
                        if (distance <= cores[c]) {
                            lows[c] = Math.min(lows[c], value);
                            highs[c] = Math.max(highs[c], value);
                        }
                    }
                }
            }
        }
        double[] profile = new double[80];
        double mass = 0;
        for (int s = 0; s < 24; s++) {
            double mean = sums[s] / counts[s];
            mass += sums[s];
            profile[s] = mean;
            profile[24 + s] = Math.sqrt(Math.max(0, squares[s] / counts[s] - mean * mean));
            profile[48 + s] = mass;
        }
        for (int c = 0; c < 4; c++) {
            profile[72 + 2 * c] = lows[c];
            profile[73 + 2 * c] = highs[c];
        }
        return profile;
    }

    @Test
    void followsTheDefinitionInsideAndAtBorders() {
        MemoryVolume volume = noise();
        RadialProfile profile = new RadialProfile(volume, Placement.shifted(4));
        for (int[] place : new int[][] {{30, 30, 30}, {0, 59, 2}, {3, 25, 58}, {30, 1, 4}}) {
            double[] found = profile.of(at(place[0], place[1], place[2] - 4));
            double[] expected = expected(volume, place[0], place[1], place[2]);
            assertThat(found).hasSize(RadialProfile.LENGTH);
            for (int i = 0; i < found.length; i++) {
                assertThat(found[i]).as("number " + i).isCloseTo(expected[i], within(2e-3));
            }
        }
    }

    @Test
    void aConstantVolumeSaysNothing() {
        RadialProfile profile = new RadialProfile(MemoryVolume.zeros("empty", N, N, N, 10), Placement.AS_LISTED);

        assertThat(profile.of(at(30, 30, 30))).containsOnly(0);
    }
}
