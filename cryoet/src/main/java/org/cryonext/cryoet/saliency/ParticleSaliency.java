package org.cryonext.cryoet.saliency;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.cryonext.cryoet.network.ImageLoader;
import org.cryonext.cryoet.network.ProfileSource;
import org.cryonext.cryoet.network.Score;
import org.cryonext.cryoet.network.SliceSource;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.convnext.ConvNextConfig;

/** Which places of a particle's views speak for the class that a run's network gave it, by {@link GradCam}. */
public final class ParticleSaliency implements AutoCloseable {
    /** Fewer would hardly say where in an image a place is. */
    private static final int FEWEST_CELLS = 6;

    private final NetworkInput input;
    private final int batch;
    private final int stage;
    private final int cells;
    private final Backend own;
    private final GradCam network;

    private ParticleSaliency(NetworkInput input, int batch, int stage, int cells, Backend own, GradCam network) {
        this.input = input;
        this.batch = batch;
        this.stage = stage;
        this.cells = cells;
        this.own = own;
        this.network = network;
    }

    /**
     * Opens the best checkpoint of a run.
     *
     * @param input what a particle looks like
     * @param batch particles at once
     * @param backend used where it is the processor, which computes them wherever the network itself runs
     */
    public static ParticleSaliency open(RunFolder run, NetworkInput input, int batch, Backend backend) {
        return open(run.bestCheckpoint(), input, batch, backend);
    }

    static ParticleSaliency open(Checkpoint checkpoint, NetworkInput input, int batch, Backend backend) {
        int stage = stage(checkpoint.config(), input.imageSize());
        Backend own = backend instanceof CpuBackend ? null : new CpuBackend();
        try {
            GradCam network = GradCam.open(
                    checkpoint,
                    Math.multiplyExact((long) batch, input.images()),
                    input.imageSize(),
                    input.imageSize(),
                    stage,
                    own == null ? backend : own);
            return new ParticleSaliency(
                    input, batch, stage, cells(checkpoint.config(), input.imageSize(), stage), own, network);
        } catch (RuntimeException | Error e) {
            if (own != null) {
                own.close();
            }
            throw e;
        }
    }

    /** The last stage, or, where images are so small that it has hardly any places left, the last one that has some. */
    static int stage(ConvNextConfig config, int imageSize) {
        int stage = ConvNextConfig.STAGES - 1;
        while (stage > 0 && cells(config, imageSize, stage) < FEWEST_CELLS) {
            stage--;
        }
        return stage;
    }

    private static int cells(ConvNextConfig config, int imageSize, int stage) {
        return imageSize / config.patchSize() >> stage;
    }

    /** What the maps are computed from, in a sentence. */
    public String description() {
        String method = stage == ConvNextConfig.STAGES - 1 ? "Grad-CAM" : "Grad-CAM with each place's own gradient";
        return method + " after stage " + (stage + 1) + " of " + ConvNextConfig.STAGES + ", " + cells + " x " + cells
                + " places an image, on one scale for all views of a particle. It says where the evidence for the named"
                + " class lies, not that it is good evidence.";
    }

    /**
     * The maps of some particles.
     *
     * @param slices gives those of each particle
     * @param classes whose evidence is looked for, one a particle
     * @return for each particle a map for each of its views; views that are channels of one image share theirs
     */
    public List<List<SaliencyMap>> of(SliceSource slices, int[] classes) {
        List<List<SaliencyMap>> all = new ArrayList<>();
        try (ImageLoader loader = new ImageLoader(input, batch)) {
            for (int from = 0; from < classes.length; from += batch) {
                int[] particles = range(from, classes.length);
                loader.request(slices, particles);
                List<SaliencyMap> maps = network.maps(loader.take().images(), rows(classes, from, particles.length));
                for (int p = 0; p < particles.length; p++) {
                    all.add(ofViews(maps.subList(p * input.images(), (p + 1) * input.images())));
                }
            }
        }
        return all;
    }

    /**
     * The probabilities of classes.
     *
     * @param slices gives those of each particle
     * @param profiles gives what stands beside their features
     * @param classes whose probability is wanted, one a particle; at temperature 1
     */
    double[] probabilities(SliceSource slices, ProfileSource profiles, int[] classes) {
        double[] all = new double[classes.length];
        int each = input.answers();
        try (ImageLoader loader = new ImageLoader(input, batch)) {
            for (int from = 0; from < classes.length; from += batch) {
                loader.request(slices, profiles, range(from, classes.length));
                ImageLoader.Batch ready = loader.take();
                Tensor logits = network.logits(ready.images(), ready.profiles());
                int width = (int) logits.shape().channels();
                float[] values = logits.toFloats();
                for (int p = 0; p < Math.min(batch, classes.length - from); p++) {
                    float[][] own = new float[each][];
                    for (int row = 0; row < each; row++) {
                        int at = (p * each + row) * width;
                        own[row] = Arrays.copyOfRange(values, at, at + width);
                    }
                    all[from + p] = Score.of(own, input.fusion(), 1).probabilities()[classes[from + p]];
                }
            }
        }
        return all;
    }

    private int[] range(int from, int end) {
        int[] particles = new int[Math.min(batch, end - from)];
        Arrays.setAll(particles, i -> from + i);
        return particles;
    }

    /** The class of each row of logits: images that are answered one by one are asked alike. */
    private int[] rows(int[] classes, int from, int count) {
        int[] rows = new int[count * input.answers()];
        Arrays.setAll(rows, row -> classes[from + row / input.answers()]);
        return rows;
    }

    private List<SaliencyMap> ofViews(List<SaliencyMap> images) {
        return images.stream()
                .flatMap(map -> Collections.nCopies(input.viewsAnImage(), map).stream())
                .toList();
    }

    @Override
    public void close() {
        network.close();
        if (own != null) {
            own.close();
        }
    }
}
