package org.cryonext.bench.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.checkpoint.Preprocessing;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Layer;
import org.cryonext.models.convnext.Parameter;

/** Models, images and labels that are the same at every call. */
public final class RandomModel {
    private RandomModel() {}

    /** A model whose every parameter shows in its outputs; fresh ones hide their layer scales and GRN. */
    public static Checkpoint checkpoint(ConvNextConfig config, int imageSize) {
        SequencedMap<String, Tensor> parameters = new LinkedHashMap<>();
        SplittableRandom random = new SplittableRandom(1);
        for (Parameter p : Parameter.of(config)) {
            parameters.put(p.name(), values(p, random));
        }
        return new Checkpoint(config, Preprocessing.usual(imageSize, config.channels()), parameters, List.of());
    }

    private static Tensor values(Parameter p, SplittableRandom random) {
        float[] values = new float[Math.toIntExact(p.shape().size())];
        boolean scale = p.layer() == Layer.LAYER_SCALE || p.layer() == Layer.GRN;
        double mean = p.isMatrix() || p.bias() || scale ? 0 : 1;
        double deviation = p.isMatrix() ? Math.sqrt(outputs(p) / (double) values.length) : scale ? 0.5 : 0.1;
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (mean + deviation * random.nextGaussian());
        }
        return Tensor.of(values, p.shape().toArray());
    }

    private static long outputs(Parameter p) {
        return p.layer() == Layer.DEPTHWISE ? p.shape().channels() : p.shape().dim(0);
    }

    /** Images of three channels, normally distributed, [N, 3, H, W]. */
    public static float[] images(int batch, int size) {
        return images(batch, ConvNextConfig.COLOURS, size);
    }

    /** Images, normally distributed, [N, C, H, W]. */
    public static float[] images(int batch, int channels, int size) {
        float[] images = new float[Math.multiplyExact(batch, channels * size * size)];
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < images.length; i++) {
            images[i] = (float) random.nextGaussian();
        }
        return images;
    }

    /** Classes, [N]. */
    public static int[] labels(int batch, int classes) {
        return new SplittableRandom(3).ints(batch, 0, classes).toArray();
    }
}
