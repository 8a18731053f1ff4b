package org.cryonext.cryoet.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.run.Channels;
import org.cryonext.cryoet.run.Fusion;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.cryoet.triplet.Borders;
import org.cryonext.cryoet.triplet.GreyRange;
import org.cryonext.cryoet.triplet.ImageRecipe;
import org.cryonext.cryoet.triplet.Placement;
import org.cryonext.cryoet.triplet.Preprocess;
import org.cryonext.cryoet.triplet.SliceCutter;
import org.cryonext.cryoet.triplet.View;
import org.cryonext.cryoet.volume.MemoryVolume;
import org.cryonext.engine.backend.Precision;
import org.cryonext.engine.backend.SliceImages;
import org.cryonext.engine.backend.cuda.CudaBackend;
import org.cryonext.engine.backend.cuda.SimulatedGpu;
import org.cryonext.engine.backend.cuda.driver.CudaDriver;
import org.cryonext.engine.backend.cuda.image.KernelImages;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.engine.op.Cast;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.checkpoint.Preprocessing;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Version;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Images that a simulated card makes of a tomogram that it holds have the bits of those that are made here. */
class CudaImagesTest {
    private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
    private static final float[] DEVIATION = {0.229f, 0.224f, 0.225f};

    private static final List<Double> HALF = List.of(0.5, 0.5, 0.5);
    private static final ConvNextConfig CONFIG =
            ConvNextConfig.of(Version.V2, List.of(1, 1, 1, 1), List.of(8, 8, 16, 16), 3);
    private static final Checkpoint CHECKPOINT = Checkpoint.fresh(CONFIG, Preprocessing.imageNet(32), 7);

    /** Images of two batches and a part of one, which weigh more than the volume. */
    private static final int PARTICLES = 24;

    private static final int BATCH = 10;

    private SimulatedGpu gpu;

    @BeforeEach
    void open() {
        gpu = SimulatedGpu.loadWithKernels();
    }

    private static CudaBackend backend(Precision precision) {
        CudaDriver driver = CudaDriver.load();
        return new CudaBackend(driver.device(0), KernelImages.of(driver, Optional.empty()), precision);
    }

    private static MemoryVolume volume(int nx, int ny, int nz) {
        Random random = new Random(nx);
        MemoryVolume volume = MemoryVolume.zeros("noise", nx, ny, nz, 10);
        for (int z = 0; z < nz; z++) {
            float[] slice = volume.slice(z);
            for (int i = 0; i < slice.length; i++) {
                slice[i] = (float) random.nextGaussian() * 3 + z * 0.1f;
            }
        }
        return volume;
    }

    private static Particle at(double x, double y, double z) {
        return new Particle("test", 1, null, x, y, z, null, null);
    }

    private static List<View> views(String... texts) {
        return Stream.of(texts).flatMap(text -> View.parse(text).stream()).toList();
    }

    /** Views, their edge, how many are an image, height and width of the images. */
    static Stream<Arguments> recipes() {
        return Stream.of(
                Arguments.of(View.PAPER, 48, 1, 65, 97, DType.F32),
                Arguments.of(View.PAPER, 48, 1, 65, 97, DType.F16),
                Arguments.of(View.PAPER, 48, 1, 224, 224, DType.BF16),
                Arguments.of(View.THICK, 48, 1, 97, 65, DType.F32),
                Arguments.of(View.THICK, 48, 1, 48, 48, DType.F32),
                Arguments.of(View.THICK, 48, 3, 20, 31, DType.F16),
                Arguments.of(View.slabs(3, 4, 32), 32, 1, 32, 32, DType.F32),
                Arguments.of(View.slabs(2, 3, 20), 20, 3, 7, 50, DType.F32),
                Arguments.of(views("xy:5:4", "xz:-3:1:tomogram", "yz:0:48"), 48, 1, 33, 33, DType.F32));
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void thoseOfATomogramAreTheSame(List<View> views, int edge, int together, int height, int width, DType dtype) {
        List<Particle> particles = List.of(
                at(30, 29, 26),
                at(0, 0, 0),
                at(59, 56, 52),
                at(-0.5, 40, 20.5),
                at(12.3, 3.7, 51.49),
                at(24, 24, 24),
                at(35, 32, 28),
                at(58, 1, 30));
        compare(volume(60, 57, 53), Placement.AS_LISTED, particles, views, edge, together, height, width, dtype);
    }

    @ParameterizedTest
    @ValueSource(strings = {"backward", "shuffled"})
    void inWhateverOrderBlocksAndThreadsRun(String order) {
        gpu.set("order", order);
        List<Particle> particles = List.of(at(30, 29, 26), at(2, 50, 7));
        compare(volume(60, 57, 53), Placement.AS_LISTED, particles, View.PAPER, 48, 1, 40, 40, DType.F32);
        compare(volume(60, 57, 53), Placement.shifted(5), particles, View.THICK, 48, 1, 40, 40, DType.F16);
    }

    /** Tiny and huge values, and a slice in which all are equal. */
    @ParameterizedTest
    @CsvSource({"1e-8", "1e6", "1e38", "0"})
    void ofWhateverSizeTheValuesAre(float scale) {
        MemoryVolume volume = volume(30, 30, 30);
        for (int z = 0; z < 30; z++) {
            float[] slice = volume.slice(z);
            for (int i = 0; i < slice.length; i++) {
                slice[i] = Math.clamp(slice[i], -3, 3) * scale;
            }
        }
        List<Particle> particles = List.of(at(15, 15, 15), at(3, 3, 3));
        compare(volume, Placement.AS_LISTED, particles, views("paper", "thick"), 48, 1, 30, 30, DType.F32);
    }

    /** What lies beyond a subtomogram's cell is another's. */
    @Test
    void ofSubtomogramsInAStack() {
        List<Particle> particles = List.of(at(0, 0, 0), at(0, 0, 1), at(0, 0, 2));
        compare(volume(20, 20, 60), new Placement(0, 1, 20), particles, View.THICK, 48, 1, 40, 40, DType.F32);
    }

    /** Each particle under the next mirroring. */
    private static void compare(
            MemoryVolume volume,
            Placement placement,
            List<Particle> particles,
            List<View> views,
            int edge,
            int together,
            int height,
            int width,
            DType dtype) {
        Preprocess preprocess = new Preprocess(edge, height, width, MEAN, DEVIATION);
        SliceCutter cutter = new SliceCutter(volume, placement, views, Borders.PAD, edge);
        int images = particles.size() * views.size() / together;
        float[] expected = new float[images * preprocess.floats()];
        byte[] slices = new byte[cutter.bytes()];
        List<SliceImages.Position> positions = new ArrayList<>();
        int at = 0;
        for (int p = 0; p < particles.size(); p++) {
            cutter.cutMirrored(particles.get(p), p % 8, slices, 0);
            positions.add(cutter.position(particles.get(p), p % 8));
            for (int v = 0; v < views.size(); v += together, at += preprocess.floats()) {
                if (together == 1) {
                    preprocess.channelsLast(slices, v * edge * edge, expected, at);
                } else {
                    preprocess.coloursLast(slices, v * edge * edge, expected, at);
                }
            }
        }
        assertThat(ImageRecipe.refusal(views, edge)).isEmpty();
        Graph graph = new Graph();
        TensorType type = new TensorType(dtype, Shape.of(images, height, width, 3));
        graph.output("y", graph.add(new Cast(DType.F32), graph.input("x", type)));
        try (CudaBackend backend = backend(Precision.F32);
                Variables variables = new Variables(backend);
                Program program = Program.compile(graph, variables)) {
            SliceImages made = program.sliceImages("x", ImageRecipe.of(views, together, preprocess))
                    .orElseThrow();
            GreyRange range = cutter.range();
            made.begin(volume.nx(), volume.ny(), volume.nz(), range.low(), range.high());
            for (int z = 0; z < volume.nz(); z++) {
                made.slice(z, volume.slice(z));
            }
            made.make(positions);
            program.run();
            Tensor rounded = Tensor.of(expected, expected.length).to(dtype).to(DType.F32);
            assertThat(program.get("y").toFloats()).isEqualTo(rounded.toFloats());
        }
    }

    private static NetworkInput input(List<View> views, Channels channels) {
        return new NetworkInput(
                views, 48, 32, HALF, HALF, Source.GRANDMODEL, Borders.PAD, Fusion.LOGITS, channels, null, null);
    }

    private static List<Particle> particles() {
        Random random = new Random(11);
        List<Particle> particles = new ArrayList<>();
        for (int p = 0; p < PARTICLES; p++) {
            particles.add(at(random.nextDouble(39), random.nextDouble(39), random.nextDouble(39)));
        }
        return particles;
    }

    private static void requireEqual(List<Score> found, List<Score> expected) {
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.size(); i++) {
            assertThat(found.get(i).logits()).isDeepEqualTo(expected.get(i).logits());
        }
    }

    private long made() {
        SimulatedGpu.Counters counters = gpu.counters().get("slice_bytes");
        return counters == null ? 0 : counters.launches();
    }

    /** Scores by either way; two volumes, so that the second takes the first one's place. */
    @ParameterizedTest
    @CsvSource({"GREY, F16, 1", "VIEWS, F16, 4", "GREY, F32, 2"})
    void scoresAreTheSame(Channels channels, Precision precision, int mirrorings) {
        NetworkInput input = input(View.THICK, channels);
        Mirrors mirrors = new Mirrors(mirrorings);
        List<Particle> particles = particles();
        try (CudaBackend backend = backend(precision);
                Scorer scorer = Scorer.open(CHECKPOINT, input, backend, BATCH)) {
            for (int edge : new int[] {40, 41}) {
                MemoryVolume volume = volume(edge, edge, edge);
                SliceCutter cutter = input.cutter(volume, Placement.AS_LISTED, Borders.PAD);
                List<Score> here = scorer.score(
                        PARTICLES,
                        mirrors,
                        (particle, axes, out, at) -> cutter.cutMirrored(particles.get(particle), axes, out, at),
                        ProfileSource.NONE,
                        Progress.none());
                long before = made();
                List<Score> onCard = scorer.score(cutter, particles, mirrors, Progress.none());
                long batches = Math.ceilDiv(PARTICLES * mirrorings, BATCH);
                long bytes = 4L * edge * edge * edge;
                long images = (long) PARTICLES
                        * mirrorings
                        * 32
                        * 32
                        * 3
                        * precision.dtype().bytes()
                        * (channels == Channels.GREY ? 3 : 1);
                assertThat(made() - before).isEqualTo(bytes < images ? batches : 0);
                requireEqual(onCard, here);
            }
            assertThat(made()).isPositive();
        }
        assertThat(gpu.leaks()).isEmpty();
    }

    private List<Score> score(NetworkInput input, MemoryVolume volume, List<Particle> particles) {
        try (CudaBackend backend = backend(Precision.F16);
                Scorer scorer = Scorer.open(CHECKPOINT, input, backend, BATCH)) {
            SliceCutter cutter = input.cutter(volume, Placement.AS_LISTED, Borders.PAD);
            return scorer.score(cutter, particles, Mirrors.NONE, Progress.none());
        }
    }

    @Test
    void aCardWithoutRoomForTheVolumeIsSentImages() {
        NetworkInput input = input(View.PAPER, Channels.GREY);
        List<Score> expected = score(input, volume(40, 40, 40), particles());
        assertThat(made()).isEqualTo(3);
        gpu = SimulatedGpu.loadWithKernels();
        // What is held back for others is all that there is.
        gpu.set("memory", "128M");
        requireEqual(score(input, volume(40, 40, 40), particles()), expected);
        assertThat(made()).isZero();
    }

    @Test
    void fewParticlesOfALargeVolumeAreSentAsImages() {
        NetworkInput input = input(View.PAPER, Channels.GREY);
        assertThat(score(input, volume(40, 40, 40), particles().subList(0, 5))).hasSize(5);
        assertThat(made()).isZero();
    }

    @Test
    void viewsThatTheCardDoesNotKnowAreSentAsImages() {
        for (String view : List.of("30/20", "xy:0:1:slice:64")) {
            NetworkInput input = input(Collections.nCopies(3, View.parse(view).getFirst()), Channels.GREY);
            assertThat(CardImages.refusal(input).orElseThrow()).startsWith("the view " + view);
            assertThat(score(input, volume(40, 40, 40), particles())).hasSize(PARTICLES);
        }
        assertThat(made()).isZero();
    }

    /** Whether a voxel that is no number matters depends on the particles, as it does where images are made here. */
    @Test
    void aVoxelThatIsNoNumberCountsWhereAParticleNeedsIt() {
        NetworkInput input = input(View.PAPER, Channels.GREY);
        MemoryVolume volume = volume(60, 40, 40);
        List<Particle> particles = new ArrayList<>(particles());
        particles.addAll(particles());
        particles.replaceAll(particle -> at(particle.x() / 2, particle.y(), particle.z()));
        List<Score> expected = score(input, volume, particles);
        assertThat(made()).isPositive();
        Arrays.fill(volume.slice(20), 20 * 60 + 58, 20 * 60 + 60, Float.NaN);
        long before = made();
        requireEqual(score(input, volume, particles), expected);
        assertThat(made()).isEqualTo(before);
        particles.add(at(50, 20, 20));
        assertThatThrownBy(() -> score(input, volume, particles))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("noise");
    }
}
