package org.cryonext.models.convnext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConvNextConfigTest {
    /** Published counts with 1000 classes; the sizes that were published in one version only have one number. */
    @ParameterizedTest
    @CsvSource({
        "atto, 3695520, 3708400",
        "femto, 5217784, 5233240",
        "pico, 9045672, 9066280",
        "nano, 15593560, 15623800",
        "tiny, 28589128, 28635496",
        "small, 50223688, 50318440",
        "base, 88591464, 88717800",
        "large, 197767336, 197956840",
        "xlarge, 350196968,",
        "huge,, 660289640"
    })
    void countsTheParametersOfEveryNamedSize(String size, Long v1, Long v2) {
        if (v1 != null) {
            assertThat(Parameter.count(ConvNextConfig.of(Version.V1, Size.named(size), 1000)))
                    .isEqualTo(v1);
        }
        if (v2 != null) {
            assertThat(Parameter.count(ConvNextConfig.of(Version.V2, Size.named(size), 1000)))
                    .isEqualTo(v2);
        }
    }

    @Test
    void dropPathGrowsLinearlyFromTheFirstBlockToTheLast() {
        ConvNextConfig config = ConvNextConfig.of(Version.V1, Size.TINY, 12).withDropPathRate(0.34);
        assertThat(config.dropPathRate(0, 0)).isZero();
        assertThat(config.dropPathRate(1, 2)).isEqualTo(0.34 * 5 / 17);
        assertThat(config.dropPathRate(3, 2)).isEqualTo(0.34);
    }

    @Test
    void namesWhatIsWrong() {
        assertThatThrownBy(() -> Size.named("giant"))
                .isInstanceOf(InputException.class)
                .hasMessage("There is no ConvNeXt size giant; choose one of atto, femto, pico, nano, tiny, small, base,"
                        + " large, xlarge, huge");
        assertThatThrownBy(() -> ConvNextConfig.of(Version.V1, List.of(3, 3, 9), List.of(1, 2, 3, 4), 5))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("depths [3, 3, 9], expected four numbers from 1 to 65536");
        assertThatThrownBy(() -> ConvNextConfig.of(Version.V1, List.of(3, 3, 9, 3), List.of(1, 2, 0, 4), 5))
                .hasMessageContaining("dims [1, 2, 0, 4]");
        assertThatThrownBy(() -> ConvNextConfig.of(Version.V2, Size.TINY, -1))
                .hasMessageContaining("-1 classes, expected at most 1048576, or none for features alone");
        assertThatThrownBy(() -> ConvNextConfig.of(Version.V2, Size.TINY, 2).withDropPathRate(1))
                .hasMessageContaining("drop path rate 1.0");
    }
}
