package org.cryonext.cryoet.triplet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.volume.MemoryVolume;
import org.cryonext.cryoet.volume.Volume;
import org.junit.jupiter.api.Test;

/** Views of particles that are turned, mirrored and moved. */
final class ViewSamplerTest {
    private static final int N = 101;
    private static final int MIDDLE = 50;
    private static final List<View> SINGLE = View.slabs(2, 3, 24);
    private static final List<View> MANY = View.slabs(8, 4, 32);

    private static MemoryVolume noise() {
        Random random = new Random(2);
        float[] data = new float[N * N * N];
        for (int i = 0; i < data.length; i++) {
            data[i] = random.nextFloat();
        }
        return MemoryVolume.of("noise", N, N, N, 10, data);
    }

    private static MemoryVolume ramp() {
        MemoryVolume volume = MemoryVolume.zeros("ramp", N, N, N, 10);
        for (int z = 0; z < N; z++) {
            for (int i = 0; i < N * N; i++) {
                volume.slice(z)[i] = 2 * (i % N - MIDDLE) - 3 * (i / N - MIDDLE) + 0.5f * (z - MIDDLE);
            }
        }
        return volume;
    }

    private static Particle middle() {
        return new Particle("list", 1, "t", MIDDLE, MIDDLE, MIDDLE, "a", null);
    }

    private static Variation moved(Orientation pose, Vector shift) {
        return Variation.posed(pose, shift);
    }

    private static byte[] cut(Volume volume, List<View> views, Variation variation) {
        SliceCutter cutter = new SliceCutter(volume, Placement.AS_LISTED, views, Borders.PAD, 32);
        byte[] out = new byte[cutter.bytes()];
        cutter.cut(middle(), variation, out, 0);
        return out;
    }

    private static List<Orientation> symmetries() {
        List<Orientation> all = new ArrayList<>();
        Vector[] axes = {new Vector(1, 0, 0), new Vector(0, 1, 0), new Vector(0, 0, 1)};
        for (int a = 0; a < 3; a++) {
            for (int b = 0; b < 3; b++) {
                if (a != b) {
                    for (int signs = 0; signs < 8; signs++) {
                        all.add(new Orientation(
                                signed(axes[a], signs & 1),
                                signed(axes[b], signs & 2),
                                signed(axes[3 - a - b], signs & 4)));
                    }
                }
            }
        }
        return all;
    }

    private static Vector signed(Vector axis, int minus) {
        return minus == 0 ? axis : new Vector(0 - axis.x(), 0 - axis.y(), 0 - axis.z());
    }

    @Test
    void theSymmetriesOfTheCubeShowTheTurnedVolumeToTheBit() {
        MemoryVolume volume = noise();
        assertThat(symmetries()).hasSize(48);
        for (Orientation pose : symmetries()) {
            MemoryVolume turned = MemoryVolume.zeros("turned", N, N, N, 10);
            for (int z = 0; z < N; z++) {
                for (int y = 0; y < N; y++) {
                    for (int x = 0; x < N; x++) {
                        Vector from = pose.of(new Vector(x - MIDDLE, y - MIDDLE, z - MIDDLE));
                        turned.slice(z)[y * N + x] =
                                volume.get(MIDDLE + (int) from.x(), MIDDLE + (int) from.y(), MIDDLE + (int) from.z());
                    }
                }
            }
            for (List<View> views : List.of(View.THICK, SINGLE, MANY)) {
                assertThat(differences(
                                cut(volume, views, moved(pose, Vector.ZERO)), cut(turned, views, Variation.NONE)))
                        .as("%s", pose)
                        // A sum in the opposite order may round otherwise, and the mean of the whole volume too.
                        .isLessThanOrEqualTo(2);
            }
        }
    }

    private static int differences(byte[] a, byte[] b) {
        int count = 0;
        for (int i = 0; i < a.length; i++) {
            int difference = Math.abs((a[i] & 0xFF) - (b[i] & 0xFF));
            assertThat(difference).isLessThan(2);
            count += difference;
        }
        return count;
    }

    @Test
    void aMirroredCubeIsThatOfTheSymmetry() {
        MemoryVolume volume = noise();
        SliceCutter cutter = new SliceCutter(volume, Placement.AS_LISTED, MANY, Borders.PAD, 32);
        for (int axes = 0; axes < 8; axes++) {
            Orientation pose = new Orientation(
                    signed(new Vector(1, 0, 0), axes & 1),
                    signed(new Vector(0, 1, 0), axes & 2),
                    signed(new Vector(0, 0, 1), axes & 4));
            byte[] mirrored = new byte[cutter.bytes()];
            cutter.cutMirrored(middle(), axes, mirrored, 0);
            assertThat(mirrored).isEqualTo(cut(volume, MANY, moved(pose, Vector.ZERO)));
        }
    }

    @Test
    void aShiftWithoutARotationIsOneOfWholeVoxels() {
        MemoryVolume volume = noise();
        Variation shifted = moved(Orientation.STRAIGHT, new Vector(1.6, -2.4, 0.5));
        SliceCutter cutter = new SliceCutter(volume, Placement.AS_LISTED, MANY, Borders.PAD, 32);
        byte[] expected = new byte[cutter.bytes()];
        cutter.cut(middle().at(52, 48, 51), expected, 0);
        assertThat(cut(volume, MANY, shifted)).isEqualTo(expected);
    }

    private static float[] values(Volume volume, List<View> views, int view, Variation variation) {
        return values(volume, new Vector(MIDDLE, MIDDLE, MIDDLE), views, view, variation);
    }

    private static float[] values(Volume volume, Vector voxel, List<View> views, int view, Variation variation) {
        ViewSampler sampler = new ViewSampler(views);
        sampler.aim(volume, voxel, 0, volume.nz() - 1, variation);
        float[] values = new float[views.get(view).edge() * views.get(view).edge()];
        sampler.values(view, values);
        return values;
    }

    /** Trilinear interpolation and means are exact where values change evenly. */
    @Test
    void rotatedAndObliqueViewsOfARampAreWhereTheyShouldBe() {
        MemoryVolume volume = ramp();
        Variation variation = moved(Orientation.uniform(0.3, 0.8, 0.55), new Vector(1.25, -0.4, 2.1));
        List<View> views = new ArrayList<>(MANY);
        views.add(new View(Plane.OBLIQUE, 2, 3, Normalisation.TOMOGRAM, 20, new Normal(35, -110)));
        for (List<View> all : List.of(views, List.of(views.getLast()), SINGLE)) {
            for (int v = 0; v < all.size(); v++) {
                View view = all.get(v);
                float[] found = values(volume, all, v, variation);
                for (int row = 0; row < view.edge(); row++) {
                    for (int column = 0; column < view.edge(); column++) {
                        double layer = view.first() + (view.thickness() - 1) / 2.0;
                        Vector own = view.axes().of(new Vector(column - view.edge() / 2, row - view.edge() / 2, layer));
                        Vector there = variation.pose().of(own);
                        double expected = 2 * (there.x() + 1.25) - 3 * (there.y() - 0.4) + 0.5 * (there.z() + 2.1);
                        assertThat(found[row * view.edge() + column])
                                .as("%s, row %d, column %d", view.text(), row, column)
                                .isCloseTo((float) expected, within(1e-3f));
                    }
                }
            }
        }
    }

    @Test
    void aViewIsTheSameAloneAndAmongMany() {
        MemoryVolume volume = noise();
        Variation variation = moved(Orientation.uniform(0.9, 0.1, 0.7), new Vector(0.5, 1.5, -0.3));
        for (int v = 0; v < MANY.size(); v += 5) {
            float[] among = values(volume, MANY, v, variation);
            float[] alone = values(volume, List.of(MANY.get(v)), 0, variation);
            for (int i = 0; i < among.length; i++) {
                assertThat(alone[i]).isCloseTo(among[i], within(2e-4f));
            }
        }
    }

    @Test
    void anObliqueViewAlongTheAxesIsExact() {
        MemoryVolume volume = noise();
        View xy = new View(Plane.XY, -3, 2, Normalisation.SLICE, 32);
        View straight = new View(Plane.OBLIQUE, -3, 2, Normalisation.SLICE, 32, new Normal(0, 0));
        assertThat(cut(volume, List.of(straight), Variation.NONE)).isEqualTo(cut(volume, List.of(xy), Variation.NONE));

        // Turned about y by a quarter: the third axis along x, columns against z, rows along y.
        float[] found = values(
                volume,
                List.of(new View(Plane.OBLIQUE, 4, 1, Normalisation.SLICE, 32, new Normal(90, 0))),
                0,
                Variation.NONE);
        for (int row = 0; row < 32; row++) {
            for (int column = 0; column < 32; column++) {
                assertThat(found[row * 32 + column])
                        .isEqualTo(volume.get(MIDDLE + 4, MIDDLE + row - 16, MIDDLE - (column - 16)));
            }
        }
    }

    @Test
    void aRotatedParticleAtABorderGoesOnWithTheNearestVoxels() {
        int edge = 40;
        int around = 60;
        MemoryVolume small = MemoryVolume.zeros("small", edge, edge, edge, 10);
        Random random = new Random(8);
        for (int z = 0; z < edge; z++) {
            for (int i = 0; i < edge * edge; i++) {
                small.slice(z)[i] = random.nextFloat();
            }
        }
        int wide = edge + 2 * around;
        MemoryVolume grown = MemoryVolume.zeros("grown", wide, wide, wide, 10);
        for (int z = 0; z < wide; z++) {
            for (int i = 0; i < wide * wide; i++) {
                grown.slice(z)[i] = small.get(
                        Math.clamp(i % wide - around, 0, edge - 1),
                        Math.clamp(i / wide - around, 0, edge - 1),
                        Math.clamp(z - around, 0, edge - 1));
            }
        }
        Variation variation = moved(Orientation.uniform(0.2, 0.4, 0.9), new Vector(3, 3, -3));
        for (int view = 0; view < MANY.size(); view += 5) {
            float[] found = values(small, new Vector(0, 39, 1), MANY, view, variation);
            float[] expected = values(grown, new Vector(around, around + 39, around + 1), MANY, view, variation);
            for (int i = 0; i < found.length; i++) {
                assertThat(found[i]).isCloseTo(expected[i], within(1e-5f));
            }
        }
    }

    @Test
    void aSubtomogramsNeighbourIsNeverSeen() {
        int cell = 52;
        MemoryVolume stack = MemoryVolume.zeros("stack", cell, cell, 3 * cell, 10);
        for (int z = 0; z < 3 * cell; z++) {
            Arrays.fill(stack.slice(z), z / cell == 1 ? 1 : 1000);
        }
        List<View> wide = List.of(new View(Plane.XZ, 0, 1, Normalisation.SLICE, 96));
        SliceCutter cutter = new SliceCutter(stack, new Placement(0, 1, cell), wide, Borders.PAD, 96);
        byte[] out = new byte[cutter.bytes()];
        for (Variation variation :
                List.of(Variation.NONE, moved(Orientation.uniform(0.2, 0.4, 0.9), new Vector(3, 3, -3)))) {
            cutter.cut(new Particle("list", 1, "t", 0, 0, 1, "a", null), variation, out, 0);
            assertThat(out).as("a constant slice is black").containsOnly((byte) 0);
        }
    }

    @Test
    void contrastBrightnessAndNoiseAreInTheTomogramsUnits() {
        MemoryVolume volume = noise();
        GreyRange range = GreyRange.of(volume);
        float[] straight = values(volume, MANY, 3, Variation.NONE);
        float[] changed = straight.clone();
        new Variation(Orientation.STRAIGHT, Vector.ZERO, 0, 1.5, -2, 0, 9).change(changed, range, 3, 4);
        for (int i = 0; i < changed.length; i++) {
            double expected = range.mean() + 1.5 * (straight[i] - range.mean()) - 2 * range.deviation();
            assertThat(changed[i]).isCloseTo((float) expected, within(1e-5f));
        }
        float[] noisy = new float[40_000];
        new Variation(Orientation.STRAIGHT, Vector.ZERO, 0, 1, 0, 0.5, 9).change(noisy, range, 3, 4);
        double squares = 0;
        for (float value : noisy) {
            squares += (double) value * value;
        }
        assertThat(Math.sqrt(squares / noisy.length) / range.deviation())
                .as("half a deviation a voxel, a quarter in the mean of four")
                .isCloseTo(0.25, within(0.005));
    }

    /** A wave is kept or goes, as its direction says; one along the tilt axis has none across it and stays. */
    @Test
    void theMissingWedgeTakesSteepWavesAlone() {
        int[][] waves = {{4, 3, 1}, {4, 0, 6}, {4, 5, 8}, {1, 2, 5}, {0, 0, 3}, {0, 3, 0}, {-3, 1, 2}};
        for (int[] wave : waves) {
            MemoryVolume volume = MemoryVolume.zeros("wave", N, N, N, 10);
            for (int z = 0; z < N; z++) {
                for (int i = 0; i < N * N; i++) {
                    int x = i % N - MIDDLE;
                    int y = i / N - MIDDLE;
                    double phase = (wave[0] * x + wave[1] * y + wave[2] * (z - MIDDLE)) / 32.0;
                    volume.slice(z)[i] = (float) Math.cos(2 * Math.PI * phase + 1);
                }
            }
            boolean kept = Math.abs(wave[2]) <= Math.tan(Math.toRadians(60)) * Math.abs(wave[0]);
            Variation taken = new Variation(Orientation.STRAIGHT, Vector.ZERO, 60, 1, 0, 0, 0);
            for (int view = 0; view < MANY.size(); view += 7) {
                float[] straight = values(volume, MANY, view, Variation.NONE);
                float[] found = values(volume, MANY, view, taken);
                for (int i = 0; i < found.length; i++) {
                    assertThat(found[i])
                            .as(
                                    "%s in %s",
                                    Arrays.toString(wave), MANY.get(view).text())
                            .isCloseTo(kept ? straight[i] : 0, within(2e-5f));
                }
            }
        }
    }

    /** What a wedge takes is that of the cube, however thin the views are. */
    @Test
    void theWedgeOfASinglePlaneIsThatOfTheCube() {
        MemoryVolume volume = noise();
        Variation taken = new Variation(Orientation.STRAIGHT, Vector.ZERO, 50, 1, 0, 0, 0);
        for (int view = 0; view < 3; view++) {
            float[] together = values(volume, View.PAPER, view, taken);
            float[] alone = values(volume, List.of(View.PAPER.get(view)), 0, taken);
            for (int i = 0; i < alone.length; i++) {
                assertThat(alone[i]).as("%s", View.PAPER.get(view).text()).isCloseTo(together[i], within(1e-5f));
            }
        }
    }

    @Test
    void theWedgeOfATurnedParticleIsThatOfTheTurnedCube() {
        MemoryVolume volume = noise();
        List<View> views =
                List.of(View.THICK.get(1), View.parse("30/20:0:4:tomogram:32").getFirst());
        Orientation pose = Orientation.mirrored(5);
        Vector shift = new Vector(2, -1, 0);
        for (int view = 0; view < 2; view++) {
            float[] mirrored = values(volume, views, view, new Variation(pose, shift, 50, 1, 0, 0, 0));
            float[] nearly = values(
                    volume, views, view, new Variation(Orientation.aboutZ(1e-9).of(pose), shift, 50, 1, 0, 0, 0));
            for (int i = 0; i < mirrored.length; i++) {
                assertThat(nearly[i]).isCloseTo(mirrored[i], within(1e-4f));
            }
        }
    }
}
