package org.cryonext.cryoet.triplet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.volume.MemoryVolume;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What can be chosen about views: squares of other sizes, and how the command line says it. */
class ViewChoicesTest {
    private static final int N = 100;

    private static MemoryVolume noise() {
        Random random = new Random(2);
        float[] data = new float[N * N * N];
        for (int i = 0; i < data.length; i++) {
            data[i] = random.nextFloat();
        }
        return MemoryVolume.of("noise", N, N, N, 10, data);
    }

    private static Particle middle() {
        return new Particle("list", 1, "t", 50, 50, 50, "a", null);
    }

    private static byte[] cut(MemoryVolume volume, View view) {
        byte[] out = new byte[SliceCutter.SLICE];
        new SliceCutter(volume, 0, List.of(view), Borders.PAD).cut(middle(), out, 0);
        return out;
    }

    @Test
    void aLargerSquareIsTheSameCutShrunkAsPillowShrinks() {
        MemoryVolume volume = noise();
        byte[] large = new byte[96 * 96];
        float[] values = new float[96 * 96];
        volume.read(2, 2, 50, 96, 96, 1, values, 0);
        Greys.stretch(values, large, 0);
        byte[] expected = new byte[SliceCutter.SLICE];
        new BilinearResize(96, 96, 48, 48).resize(large, 0, expected, 0);

        assertThat(cut(volume, new View(Plane.XY, 0, 1, Normalisation.SLICE, 96)))
                .isEqualTo(expected);
    }

    @Test
    void aSmallerSquareShowsTheMiddleLarger() {
        MemoryVolume volume = MemoryVolume.zeros("dot", N, N, N, 10);
        for (int y = 46; y < 54; y++) {
            for (int x = 46; x < 54; x++) {
                volume.slice(50)[y * N + x] = 1;
            }
        }
        byte[] whole = cut(volume, new View(Plane.XY, 0, 1, Normalisation.SLICE));
        byte[] half = cut(volume, new View(Plane.XY, 0, 1, Normalisation.SLICE, 24));

        assertThat(bright(whole)).isEqualTo(64);
        assertThat(bright(half)).isEqualTo(4 * 64);
    }

    private static int bright(byte[] slice) {
        int bright = 0;
        for (byte grey : slice) {
            bright += (grey & 0xFF) > 127 ? 1 : 0;
        }
        return bright;
    }

    @Test
    void thickSlicesOfAllPlanesAndSizesAreMeans() {
        MemoryVolume volume = noise();
        for (Plane plane : List.of(Plane.XY, Plane.XZ, Plane.YZ)) {
            View view = new View(plane, 2, 3, Normalisation.SLICE, 32);
            float[] mean = new float[32 * 32];
            for (int row = 0; row < 32; row++) {
                for (int column = 0; column < 32; column++) {
                    double sum = 0;
                    for (int k = 51; k < 54; k++) {
                        int a = 34 + column;
                        int b = 34 + row;
                        sum += switch (plane) {
                            case XY -> volume.get(a, b, k);
                            case XZ -> volume.get(a, k, b);
                            case YZ -> volume.get(k, a, b);
                            case OBLIQUE -> throw new AssertionError(plane);
                        };
                    }
                    mean[row * 32 + column] = (float) (sum / 3);
                }
            }
            byte[] bytes = new byte[32 * 32];
            Greys.stretch(mean, bytes, 0);
            byte[] expected = new byte[SliceCutter.SLICE];
            new BilinearResize(32, 32, 48, 48).resize(bytes, 0, expected, 0);
            assertThat(cut(volume, view)).as(plane.name()).isEqualTo(expected);
        }
    }

    @Test
    void particlesMustBeAsFarFromABorderAsTheLargestSquareReaches() {
        MemoryVolume volume = noise();
        View large = new View(Plane.XY, 0, 1, Normalisation.SLICE, 96);
        assertThat(new SliceCutter(volume, 0, List.of(large), Borders.SKIP).accepts(middle()))
                .isTrue();
        assertThat(new SliceCutter(volume, 0, List.of(large), Borders.SKIP).accepts(middle().at(47, 50, 50)))
                .isFalse();
    }

    @Test
    void viewsAreReadAndWrittenAsTheCommandLineHasThem() {
        assertThat(View.parse("paper")).isEqualTo(View.PAPER);
        assertThat(View.parse("thick")).isEqualTo(View.THICK);
        assertThat(View.parse("xz")).containsExactly(new View(Plane.XZ, 0, 1, Normalisation.SLICE));
        View view = new View(Plane.YZ, -4, 5, Normalisation.TOMOGRAM, 32);
        assertThat(view.text()).isEqualTo("yz:-4:5:tomogram:32");
        assertThat(View.parse(view.text())).containsExactly(view);
        View oblique = new View(Plane.OBLIQUE, 0, 4, Normalisation.TOMOGRAM, 32, new Normal(45, -22.5));
        assertThat(oblique.text()).isEqualTo("45/-22.5:0:4:tomogram:32");
        assertThat(View.parse(oblique.text())).containsExactly(oblique);
        for (String text : List.of(
                "xw",
                "xy:a",
                "xy:0:1:volume",
                "xy:0:1:slice:x",
                "",
                "45/a",
                "1/2/3",
                "slabs:8",
                "slabs:ax4",
                "oblique",
                "oblique:0:4",
                "oblique:x")) {
            assertThatThrownBy(() -> View.parse(text))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining(
                            "--views has \"" + text + "\", expected paper, thick, slabs:COUNTxTHICKNESS:EDGE");
        }
        assertThatThrownBy(() -> View.parse("xy:0:1:slice:33"))
                .isInstanceOf(InputException.class)
                .hasMessage("A view's edge is 33 voxels, expected an even number from 8 to 256");
    }

    @Test
    void severalCubesOfSlabsAreToldByTheirOwnNames() {
        List<View> both = concat(View.slabs(8, 4, 32), View.slabs(8, 2, 16));
        assertThat(View.texts(both)).containsExactly("slabs:8x4:32", "slabs:8x2:16");
        assertThat(View.slabCount(both)).isEqualTo(8);
        List<View> uneven = concat(View.slabs(8, 4, 32), View.slabs(4, 4, 16));
        assertThat(View.texts(uneven)).containsExactly("slabs:8x4:32", "slabs:4x4:16");
        assertThat(View.slabCount(uneven)).as("images of different channels").isZero();
        List<View> more = concat(both, View.PAPER);
        assertThat(View.texts(more)).hasSize(both.size() + 3).contains("xy:-14:4:tomogram:32", "xy:0:1:slice:48");
        assertThat(View.slabCount(more)).isZero();
        assertThat(View.slabCount(View.PAPER)).isZero();
    }

    private static List<View> concat(List<View> first, List<View> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    @Test
    void slabsCoverTheCubePlaneByPlane() {
        List<View> views = View.parse("slabs:8x4:32");
        assertThat(views).hasSize(24).isEqualTo(View.slabs(8, 4, 32));
        assertThat(views.get(8)).isEqualTo(new View(Plane.XZ, -14, 4, Normalisation.TOMOGRAM, 32));
        for (int plane = 0; plane < 3; plane++) {
            int next = -16;
            for (View view : views.subList(8 * plane, 8 * plane + 8)) {
                assertThat(view.plane()).isEqualTo(Plane.values()[plane]);
                assertThat(view.first()).isEqualTo(next);
                next += 4;
            }
            assertThat(next).isEqualTo(16);
        }
        assertThat(View.texts(views)).containsExactly("slabs:8x4:32");
        assertThat(View.texts(View.parse("slabs:3x5"))).containsExactly("slabs:3x5:48");
        assertThat(View.slabCount(views)).isEqualTo(8);
        assertThat(View.texts(views.subList(0, 3)))
                .containsExactly("xy:-14:4:tomogram:32", "xy:-10:4:tomogram:32", "xy:-6:4:tomogram:32");
        assertThat(View.texts(View.PAPER)).containsExactly("xy:0:1:slice:48", "xz:0:1:slice:48", "yz:0:1:slice:48");
        assertThatThrownBy(() -> View.parse("slabs:13x4"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("13 slices of 4 do not fit in the cube of 48 voxels");
    }

    @Test
    void anObliqueViewHasANormalAndNoOther() {
        assertThatThrownBy(() -> new View(Plane.OBLIQUE, 0, 1, Normalisation.SLICE))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("has the plane OBLIQUE and the normal null");
        assertThatThrownBy(() -> new View(Plane.XY, 0, 1, Normalisation.SLICE, 48, new Normal(1, 2)))
                .isInstanceOf(InputException.class);
        assertThatThrownBy(() -> new Normal(181, 0)).hasMessageContaining("angles 181.0 and 0.0");
        View oblique = new View(Plane.OBLIQUE, 0, 4, Normalisation.TOMOGRAM, 32, new Normal(45, 90));
        JsonMapper mapper = JsonMapper.shared();
        assertThat(mapper.readValue(mapper.writeValueAsString(oblique), View.class))
                .isEqualTo(oblique);
    }

    @Test
    void aSquareOfTheImagesSizeIsNotResized() {
        MemoryVolume volume = noise();
        View view = new View(Plane.XY, 0, 1, Normalisation.SLICE, 32);
        float[] values = new float[32 * 32];
        volume.read(34, 34, 50, 32, 32, 1, values, 0);
        byte[] expected = new byte[32 * 32];
        Greys.stretch(values, expected, 0);
        byte[] out = new byte[32 * 32];
        new SliceCutter(volume, Placement.AS_LISTED, List.of(view), Borders.PAD, 32).cut(middle(), out, 0);
        assertThat(out).isEqualTo(expected);

        Preprocess preprocess = new Preprocess(32, 32, 32, new float[3], new float[] {1, 1, 1});
        float[] image = new float[preprocess.floats()];
        preprocess.channelsLast(out, 0, image, 0);
        for (int i = 0; i < out.length; i++) {
            assertThat(image[3 * i]).isEqualTo((out[i] & 0xFF) / 255f);
        }
    }

    @Test
    void aViewOfAnEarlierRunIsOneOf48Voxels() {
        View view = JsonMapper.shared()
                .readValue("{\"plane\":\"XY\",\"offset\":0,\"thickness\":1,\"normalisation\":\"SLICE\"}", View.class);
        assertThat(view).isEqualTo(new View(Plane.XY, 0, 1, Normalisation.SLICE));
    }

    @Test
    void threeSlicesAreTheChannelsOfAnImage() {
        float[] mean = {0.5f, 0.4f, 0.3f};
        float[] deviation = {0.25f, 0.2f, 0.1f};
        Preprocess preprocess = new Preprocess(20, 20, mean, deviation);
        byte[] slices = new byte[3 * SliceCutter.SLICE];
        new Random(4).nextBytes(slices);
        float[] colours = new float[preprocess.floats()];
        preprocess.coloursLast(slices, 0, colours, 0);
        float[] first = new float[preprocess.floats()];
        preprocess.coloursFirst(slices, 0, first, 0);
        float[] grey = new float[preprocess.floats()];
        for (int c = 0; c < 3; c++) {
            preprocess.channelsLast(slices, c * SliceCutter.SLICE, grey, 0);
            for (int i = 0; i < 400; i++) {
                assertThat(colours[3 * i + c]).isEqualTo(grey[3 * i + c]);
                assertThat(first[400 * c + i]).isEqualTo(grey[3 * i + c]);
            }
        }
    }
}
