package org.cryonext.bench.gpu;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.cryonext.bench.model.Mode;
import org.cryonext.bench.model.ModelProgram;
import org.cryonext.bench.model.ModelSettings;
import org.cryonext.bench.model.RandomModel;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.Precision;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Size;
import org.cryonext.models.convnext.Version;

/** ConvNeXt tiny at 224 with random weights; weights and images are made once. */
final class TinyModels {
    private static final int SIZE = 224;
    private static final int CLASSES = 1000;

    private final Map<Version, Checkpoint> checkpoints = new EnumMap<>(Version.class);
    private float[] images = {};

    /** One model at work. */
    record Choice(Version version, Mode mode, Precision precision, int batch) {
        Choice in(Precision other) {
            return new Choice(version, mode, other, batch);
        }

        ModelSettings settings() {
            ConvNextConfig config = ConvNextConfig.of(version, Size.TINY, CLASSES);
            return new ModelSettings("tiny", config, mode, SIZE, batch, 1, false, precision);
        }
    }

    /** Compiles and feeds a model; the caller closes it. */
    ModelProgram program(Choice choice, Backend backend) {
        ModelSettings settings = choice.settings();
        return new ModelProgram(
                settings,
                checkpoints.computeIfAbsent(choice.version(), v -> RandomModel.checkpoint(settings.config(), SIZE)),
                images(choice.batch()),
                RandomModel.labels(choice.batch(), CLASSES),
                backend);
    }

    private float[] images(int batch) {
        int floats = batch * 3 * SIZE * SIZE;
        if (images.length < floats) {
            images = RandomModel.images(batch, SIZE);
        }
        return Arrays.copyOf(images, floats);
    }
}
