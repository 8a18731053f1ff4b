package org.cryonext.bench.gpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.triplet.Borders;
import org.cryonext.cryoet.triplet.GreyRange;
import org.cryonext.cryoet.triplet.ImageRecipe;
import org.cryonext.cryoet.triplet.Placement;
import org.cryonext.cryoet.triplet.Preprocess;
import org.cryonext.cryoet.triplet.SliceCutter;
import org.cryonext.cryoet.triplet.View;
import org.cryonext.cryoet.volume.MemoryVolume;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.SliceImages;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.op.Cast;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;

/** Judges the images that a card makes of a volume by those of the processor: every value must be the same. */
final class ImageProof {
    private static final int NX = 96;
    private static final int NY = 81;
    private static final int NZ = 70;
    private static final int PARTICLES = 32;
    private static final int HEIGHT = 224;
    private static final int WIDTH = 224;
    private static final int MIRRORINGS = 8;
    private static final int TIMES = 20;
    private static final int SHOWN = 8;
    private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
    private static final float[] DEVIATION = {0.229f, 0.224f, 0.225f};

    /** Single slices and thick ones, with either normalisation. */
    private static final List<View> VIEWS =
            Stream.of(View.PAPER, View.THICK).flatMap(List::stream).toList();

    private ImageProof() {}

    static Finding run(GpuTask.Images task, Backend backend) {
        MemoryVolume volume = noise();
        SliceCutter cutter = new SliceCutter(volume, Placement.AS_LISTED, VIEWS, Borders.PAD);
        Preprocess preprocess = new Preprocess(HEIGHT, WIDTH, MEAN, DEVIATION);
        List<Particle> particles = particles();
        int images = particles.size() * VIEWS.size();
        DType dtype = task.precision().dtype();
        Graph graph = new Graph();
        TensorType type = new TensorType(dtype, Shape.of(images, HEIGHT, WIDTH, MEAN.length));
        graph.output("y", graph.add(new Cast(DType.F32), graph.input("x", type)));
        try (Variables variables = new Variables(backend);
                Program program = Program.compile(graph, variables)) {
            SliceImages card = program.sliceImages("x", ImageRecipe.of(VIEWS, 1, preprocess))
                    .orElseThrow();
            GreyRange range = cutter.range();
            card.begin(NX, NY, NZ, range.low(), range.high());
            for (int z = 0; z < NZ; z++) {
                card.slice(z, volume.slice(z));
            }
            List<SliceImages.Position> positions = new ArrayList<>();
            for (int p = 0; p < particles.size(); p++) {
                positions.add(cutter.position(particles.get(p), p % MIRRORINGS));
            }
            float[] first = made(card, positions, program);
            float[] second = made(card, positions, program);
            backend.synchronize();
            long start = System.nanoTime();
            for (int i = 0; i < TIMES; i++) {
                card.make(positions);
            }
            backend.synchronize();
            double seconds = (System.nanoTime() - start) / 1e9;
            float[] expected = Tensor.of(here(cutter, preprocess, particles), (long) images * preprocess.floats())
                    .to(dtype)
                    .to(DType.F32)
                    .toFloats();
            long wrong = 0;
            for (int i = 0; i < expected.length; i++) {
                wrong += first[i] == expected[i] ? 0 : 1;
            }
            boolean same = Arrays.equals(first, second);
            List<Float> shown = new ArrayList<>();
            for (int i = 0; i < SHOWN; i++) {
                shown.add(first[i]);
            }
            String what = String.format(
                    Locale.ROOT, "%s, %.0f a second; share of wrong values", task.title(), images * TIMES / seconds);
            return new Finding.Agreement(what, (double) wrong / expected.length, 0, same, shown, wrong == 0 && same);
        }
    }

    private static float[] made(SliceImages card, List<SliceImages.Position> positions, Program program) {
        card.make(positions);
        program.run();
        return program.get("y").toFloats();
    }

    private static float[] here(SliceCutter cutter, Preprocess preprocess, List<Particle> particles) {
        float[] images = new float[particles.size() * VIEWS.size() * preprocess.floats()];
        byte[] slices = new byte[cutter.bytes()];
        int at = 0;
        for (int p = 0; p < particles.size(); p++) {
            cutter.cutMirrored(particles.get(p), p % MIRRORINGS, slices, 0);
            for (int v = 0; v < VIEWS.size(); v++, at += preprocess.floats()) {
                preprocess.channelsLast(slices, v * SliceCutter.SLICE, images, at);
            }
        }
        return images;
    }

    private static MemoryVolume noise() {
        Random random = new Random(1);
        MemoryVolume volume = MemoryVolume.zeros("noise", NX, NY, NZ, 10);
        for (int z = 0; z < NZ; z++) {
            float[] slice = volume.slice(z);
            for (int i = 0; i < slice.length; i++) {
                slice[i] = (float) random.nextGaussian();
            }
        }
        return volume;
    }

    /** Anywhere, at the borders too. */
    private static List<Particle> particles() {
        Random random = new Random(2);
        List<Particle> particles = new ArrayList<>();
        for (int p = 0; p < PARTICLES; p++) {
            double x = random.nextDouble(NX - 1);
            double y = random.nextDouble(NY - 1);
            double z = random.nextDouble(NZ - 1);
            particles.add(new Particle("noise", p + 1, null, x, y, z, null, null));
        }
        return particles;
    }
}
