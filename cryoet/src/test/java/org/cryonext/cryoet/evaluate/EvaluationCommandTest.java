package org.cryonext.cryoet.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.cryonext.cryoet.dataset.DataPlace;
import org.cryonext.cryoet.network.Mirrors;
import org.junit.jupiter.api.Test;

final class EvaluationCommandTest {
    @Test
    void saysHowTomogramsOfOnesOwnAreTaken() {
        EvaluationSettings settings = new EvaluationSettings(
                Path.of("run"),
                new DataPlace("my list.star", "volumes", 10, 0, true, 4.0),
                List.of("TS_1", "TS_2"),
                null,
                null,
                null,
                null,
                8,
                null,
                new Mirrors(8),
                0.05,
                false);
        assertThat(EvaluationCommand.of(settings))
                .isEqualTo(
                        "./cryonext evaluate run 'my list.star' --volumes volumes --voxel-size 10.0 --invert --binning 4.0"
                                + " --tomograms TS_1,TS_2 --tta 8 --reject 0.05");
    }
}
