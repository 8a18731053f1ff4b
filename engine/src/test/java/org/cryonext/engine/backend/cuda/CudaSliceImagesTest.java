package org.cryonext.engine.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.cryonext.engine.backend.SliceImages;
import org.cryonext.engine.backend.SliceImages.Axis;
import org.cryonext.engine.backend.SliceImages.Position;
import org.cryonext.engine.backend.SliceImages.Recipe;
import org.cryonext.engine.backend.SliceImages.View;
import org.cryonext.engine.backend.cuda.driver.CudaDriver;
import org.cryonext.engine.backend.cuda.image.KernelImages;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.op.Cast;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Images of slices against plain loops, each access to memory looked at. That they are those of particles is tested where these
 * are made.
 */
class CudaSliceImagesTest {
    private static final int NX = 9;
    private static final int NY = 7;
    private static final int NZ = 11;
    private static final int EDGE = 6;
    private static final int HEIGHT = 5;
    private static final int WIDTH = 9;
    private static final int SHIFT = 8;
    private static final float LOW = -1.5f;
    private static final float HIGH = 1.25f;

    private static final List<View> VIEWS = List.of(
            new View(Axis.X, Axis.Y, Axis.Z, 0, 1, true),
            new View(Axis.X, Axis.Z, Axis.Y, -2, 3, false),
            new View(Axis.Y, Axis.Z, Axis.X, 1, 2, true),
            new View(Axis.Z, Axis.X, Axis.Y, 0, 1, false));

    /** In the middle, at the borders, in a part of the volume, mirrored. */
    private static final List<Position> POSITIONS = List.of(
            new Position(4, 3, 5, 0, NZ - 1, 0),
            new Position(0, 0, 0, 0, NZ - 1, 5),
            new Position(NX - 1, NY - 1, NZ - 1, 0, NZ - 1, 7),
            new Position(2, 5, 6, 5, 7, 2));

    private SimulatedGpu gpu;
    private Path kernels;

    @BeforeEach
    void open() {
        gpu = SimulatedGpu.load();
        kernels = SimulatedGpu.images(
                SimulatedGpu.Check.ACCESSES, List.of("slice_images", "cast"), SimulatedGpu.ARCHITECTURE);
    }

    private CudaBackend backend() {
        CudaDriver driver = CudaDriver.load();
        return new CudaBackend(driver.device(0), KernelImages.of(driver, Optional.of(kernels)), 0);
    }

    private static float[] volume() {
        Random random = new Random(3);
        float[] values = new float[NX * NY * NZ];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** Rows of weights that add up to a unit; some are 0, at the ends and between. */
    private static int[] weights(int size) {
        Random random = new Random(size);
        int[] matrix = new int[size * EDGE];
        for (int row = 0; row < size; row++) {
            for (int left = 1 << SHIFT, at = random.nextInt(3); left > 0; at = Math.min(at + 1, EDGE - 1)) {
                int part = at == EDGE - 1 ? left : random.nextInt(4) * left / 3;
                matrix[row * EDGE + at] += part;
                left -= part;
            }
        }
        return matrix;
    }

    private static Recipe recipe(int together, int channels) {
        float[] values = new float[256 * channels];
        for (int i = 0; i < values.length; i++) {
            values[i] = i / 7f - 20;
        }
        return new Recipe(VIEWS, EDGE, together, HEIGHT, WIDTH, weights(HEIGHT), weights(WIDTH), SHIFT, values);
    }

    private static Graph graph(Recipe recipe, int positions, DType dtype) {
        Graph graph = new Graph();
        Shape shape = Shape.of((long) positions * recipe.images(), recipe.height(), recipe.width(), recipe.channels());
        graph.output("y", graph.add(new Cast(DType.F32), graph.input("x", new TensorType(dtype, shape))));
        return graph;
    }

    @ParameterizedTest
    @CsvSource({"1, 3, F32, forward", "1, 1, F16, backward", "2, 2, BF16, shuffled", "4, 4, F32, shuffled"})
    void theCardsImagesAreThoseOfPlainLoops(int together, int channels, DType dtype, String order) {
        gpu.set("order", order);
        Recipe recipe = recipe(together, channels);
        float[] values = volume();
        // One more than there are positions, which shows the last one.
        int room = POSITIONS.size() + 1;
        try (CudaBackend backend = backend();
                Variables variables = new Variables(backend);
                Program program = Program.compile(graph(recipe, room, dtype), variables)) {
            SliceImages images = program.sliceImages("x", recipe).orElseThrow();
            images.begin(NX, NY, NZ, LOW, HIGH);
            float[] slice = new float[NX * NY];
            for (int z = 0; z < NZ; z++) {
                System.arraycopy(values, z * slice.length, slice, 0, slice.length);
                images.slice(z, slice);
            }
            images.make(POSITIONS);
            program.run();
            Tensor expected =
                    Tensor.of(expected(recipe, values, room), program.get("y").size());
            assertThat(program.get("y").toFloats())
                    .isEqualTo(expected.to(dtype).to(DType.F32).toFloats());
        } catch (RuntimeException e) {
            throw new AssertionError(gpu.message(), e);
        }
        assertThat(gpu.leaks()).isEmpty();
    }

    private static float[] expected(Recipe recipe, float[] volume, int room) {
        int channels = recipe.channels();
        float[] all = new float[room * recipe.images() * HEIGHT * WIDTH * channels];
        int to = 0;
        for (int p = 0; p < room; p++) {
            Position position = POSITIONS.get(Math.min(p, POSITIONS.size() - 1));
            for (int image = 0; image < recipe.images(); image++) {
                for (int y = 0; y < HEIGHT; y++) {
                    for (int x = 0; x < WIDTH; x++) {
                        for (int c = 0; c < channels; c++) {
                            View view = VIEWS.get(image * recipe.together() + (recipe.together() > 1 ? c : 0));
                            int grey = resized(recipe, bytes(volume, position, view), y, x);
                            all[to++] = recipe.values()[grey * channels + c];
                        }
                    }
                }
            }
        }
        return all;
    }

    private static int resized(Recipe recipe, int[][] bytes, int y, int x) {
        int half = 1 << SHIFT - 1;
        int sum = half;
        for (int j = 0; j < EDGE; j++) {
            int between = half;
            for (int i = 0; i < EDGE; i++) {
                between += bytes[j][i] * recipe.across()[x * EDGE + i];
            }
            sum += (between >> SHIFT) * recipe.down()[y * EDGE + j];
        }
        return sum >> SHIFT;
    }

    private static int[][] bytes(float[] volume, Position position, View view) {
        float[][] slice = new float[EDGE][EDGE];
        float low = Float.MAX_VALUE;
        float high = -Float.MAX_VALUE;
        for (int row = 0; row < EDGE; row++) {
            for (int column = 0; column < EDGE; column++) {
                double sum = 0;
                for (int layer = 0; layer < view.thickness(); layer++) {
                    int[] way = new int[3];
                    way[view.columns().ordinal()] = column - EDGE / 2;
                    way[view.rows().ordinal()] = row - EDGE / 2;
                    way[view.layers().ordinal()] = view.first() + layer;
                    for (int axis = 0; axis < 3; axis++) {
                        way[axis] *= (position.mirrored() & 1 << axis) == 0 ? 1 : -1;
                    }
                    int x = Math.clamp(position.x() + way[0], 0, NX - 1);
                    int y = Math.clamp(position.y() + way[1], 0, NY - 1);
                    int z = Math.clamp(position.z() + way[2], position.bottom(), position.top());
                    sum += volume[(z * NY + y) * NX + x];
                }
                slice[row][column] = (float) (sum / view.thickness());
                low = Math.min(low, slice[row][column]);
                high = Math.max(high, slice[row][column]);
            }
        }
        int[][] bytes = new int[EDGE][EDGE];
        for (int row = 0; row < EDGE; row++) {
            for (int column = 0; column < EDGE; column++) {
                float value = slice[row][column];
                bytes[row][column] = (int) (255f
                        * (view.stretched()
                                ? (value - low) / (high - low + 1e-8f)
                                : Math.clamp((value - LOW) / (HIGH - LOW + 1e-8f), 0f, 1f)));
            }
        }
        return bytes;
    }

    /** A volume takes the place of the one before it, which may have been of another size. */
    @Test
    void aVolumeTakesThePlaceOfTheOneBefore() {
        gpu.set("memory", "256M");
        Recipe recipe = recipe(1, 3);
        try (CudaBackend backend = backend();
                Variables variables = new Variables(backend);
                Program program = Program.compile(graph(recipe, 1, DType.F32), variables)) {
            SliceImages images = program.sliceImages("x", recipe).orElseThrow();
            assertThat(images.fits(256, 256, 256)).isTrue();
            images.begin(256, 256, 256, LOW, HIGH);
            assertThat(images.fits(256, 256, 256)).isTrue();
            assertThat(images.fits(512, 512, 256)).isFalse();
            String held = gpu.holdings();
            images.begin(256, 256, 256, LOW, HIGH);
            assertThat(gpu.holdings()).isEqualTo(held);
            images.begin(1, 1, 1, LOW, HIGH);
            images.slice(0, new float[] {3});
            images.make(List.of(new Position(0, 0, 0, 0, 0, 0)));
            program.run();
            assertThat(program.get("y").get(0)).isEqualTo(recipe.values()[0]);
            assertThatThrownBy(() -> images.make(List.of(new Position(0, 0, 0, 0, 1, 0))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("in a volume of 1 x 1 x 1");
        }
        assertThat(gpu.leaks()).isEmpty();
    }
}
