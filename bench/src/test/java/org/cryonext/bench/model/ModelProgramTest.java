package org.cryonext.bench.model;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.Precision;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Version;
import org.junit.jupiter.api.Test;

class ModelProgramTest {
    /** It would run in F32 under another name. */
    @Test
    void aPrecisionThatTheBackendWasNotOpenedForIsRefused() {
        ConvNextConfig config = ConvNextConfig.of(Version.V1, List.of(1, 1, 1, 1), List.of(8, 16, 24, 32), 3);
        ModelSettings settings = new ModelSettings("test", config, Mode.INFER, 64, 1, 1).in(Precision.F16);
        Checkpoint weights = RandomModel.checkpoint(config, 64);
        float[] images = RandomModel.images(1, 64);
        try (Backend cpu = new CpuBackend(1)) {
            assertThatThrownBy(() -> new ModelProgram(settings, weights, images, new int[1], cpu))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("a model in f16 on a backend opened for f32: cpu");
        }
    }
}
