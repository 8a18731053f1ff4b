package org.cryonext.models.convnext;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.cryonext.engine.op.CounterRandom;
import org.cryonext.engine.tensor.Tensor;

/**
 * Initial values as the authors', timm's and transformers' code set them: matrices and kernels normal with deviation
 * 0.02, biases 0, norms 1, GRN 0, layer scale as configured. A parameter's values depend on the seed and its name
 * alone, and are the same bits on every machine.
 */
public final class Initialization {
    private static final double DEVIATION = 0.02;

    private Initialization() {}

    /** All parameters of a fresh model by name, in the engine's shapes. */
    public static SequencedMap<String, Tensor> of(ConvNextConfig config, long seed) {
        SequencedMap<String, Tensor> all = new LinkedHashMap<>();
        Parameter.of(config).forEach(p -> all.put(p.name(), of(config, p, seed)));
        return all;
    }

    /** One parameter of a fresh model, in the engine's shape. */
    public static Tensor of(ConvNextConfig config, Parameter parameter, long seed) {
        float[] values = new float[Math.toIntExact(parameter.shape().size())];
        if (parameter.isMatrix()) {
            normal(values, CounterRandom.key(seed, parameter.name().hashCode()));
        } else if (!parameter.bias()) {
            double value = switch (parameter.layer()) {
                case LAYER_SCALE -> config.layerScaleInit();
                case GRN -> 0;
                default -> 1;
            };
            Arrays.fill(values, (float) value);
        }
        return Tensor.of(values, parameter.shape().toArray());
    }

    /**
     * Box and Muller's normal numbers. PyTorch truncates at +-2, which is 100 deviations: never reached here, where the
     * largest possible is 8.6 deviations.
     */
    private static void normal(float[] values, long key) {
        for (int i = 0; i < values.length; i += 2) {
            double radius = Math.sqrt(-2 * StrictMath.log(positive(key, i)));
            double angle = 2 * Math.PI * positive(key, i + 1);
            values[i] = (float) (DEVIATION * radius * StrictMath.cos(angle));
            if (i + 1 < values.length) {
                values[i + 1] = (float) (DEVIATION * radius * StrictMath.sin(angle));
            }
        }
    }

    /** Uniform in (0, 1]. */
    private static double positive(long key, long index) {
        return ((CounterRandom.bits(key, index) >>> 11) + 1) * 0x1p-53;
    }
}
