package org.cryonext.cryoet.triplet;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.volume.MemoryVolume;
import org.cryonext.cryoet.volume.MrcForm;
import org.cryonext.cryoet.volume.MrcVolume;
import org.cryonext.cryoet.volume.MrcWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** How many particles a thread cuts in a second out of a mapped tomogram; docs/triplets.md has the figures. */
@EnabledIfSystemProperty(named = "cryonext.rates", matches = "true", disabledReason = "it measures for two minutes")
final class SamplerRateTest {
    /** Of the thread's own time, since other programs may run too. */
    private static final double SECONDS = 3;

    private static final double WARM_UP_SECONDS = 1;
    private static final int PARTICLES = 300;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private static final List<String> VIEWS = List.of("paper", "thick", "slabs:8x4:32", "slabs:12x4:48");
    private static final List<List<String>> AUGMENTATIONS = List.of(
            List.of(),
            List.of("flips"),
            List.of("flips", "turns", "shift=2"),
            List.of("flips", "rotate", "shift=2"),
            List.of("flips", "rotate", "shift=2", "contrast=0.2", "brightness=0.1", "noise=0.5"),
            List.of("flips", "rotate", "shift=2", "wedge"));

    @Test
    void particlesAreCutFastEnoughForTraining(@TempDir Path folder) {
        Path file = folder.resolve("tomogram.mrc");
        Random random = new Random(1);
        MemoryVolume noise = MemoryVolume.zeros("noise", 256, 256, 96, 10);
        for (int z = 0; z < 96; z++) {
            for (int i = 0; i < 256 * 256; i++) {
                noise.slice(z)[i] = (float) random.nextGaussian();
            }
        }
        MrcWriter.write(file, MrcForm.standard(256, 256, 96, 10), noise);
        Particle[] particles = new Particle[PARTICLES];
        for (int i = 0; i < PARTICLES; i++) {
            particles[i] = new Particle(
                    "list", i, "t", random.nextInt(256), random.nextInt(256), random.nextInt(96), "a", null);
        }
        double slowest = Double.POSITIVE_INFINITY;
        try (MrcVolume volume = MrcVolume.open(file)) {
            // So that the first figure, too, is one of compiled code that has met every case.
            for (String views : VIEWS) {
                AUGMENTATIONS.forEach(words ->
                        rate(volume, particles, View.parse(views), Augmentation.parse(words), WARM_UP_SECONDS));
            }
            for (String views : VIEWS) {
                for (List<String> words : AUGMENTATIONS) {
                    double rate = rate(volume, particles, View.parse(views), Augmentation.parse(words), SECONDS);
                    System.out.printf("%-14s %-56s %6.0f particles/s%n", views, String.join(",", words), rate);
                    if (!words.contains("wedge")) {
                        slowest = Math.min(slowest, rate / (words.equals(List.of("flips")) ? 3 : 1));
                    }
                }
            }
        }
        assertThat(slowest).as("500 a second, and 1,500 with flips alone").isGreaterThan(500);
    }

    private static double rate(
            MrcVolume volume, Particle[] particles, List<View> views, Augmentation augmentation, double seconds) {
        int edge = views.getFirst().edge();
        SliceCutter cutter = new SliceCutter(volume, Placement.AS_LISTED, views, Borders.PAD, edge);
        byte[] out = new byte[cutter.bytes()];
        double best = 0;
        long end = THREADS.getCurrentThreadCpuTime() + (long) (seconds * 1e9);
        for (int epoch = 0; epoch < 5 || THREADS.getCurrentThreadCpuTime() < end; epoch++) {
            long start = THREADS.getCurrentThreadCpuTime();
            for (int i = 0; i < PARTICLES; i++) {
                cutter.cut(particles[i], augmentation, 1, epoch, i, out, 0);
            }
            best = Math.max(best, PARTICLES * 1e9 / (THREADS.getCurrentThreadCpuTime() - start));
        }
        return best;
    }
}
