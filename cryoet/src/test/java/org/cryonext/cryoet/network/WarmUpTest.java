package org.cryonext.cryoet.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.List;
import java.util.stream.Stream;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.HeadInput;
import org.cryonext.models.convnext.Size;
import org.cryonext.models.convnext.Version;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class WarmUpTest {
    /** At 224 pixels, an image's last stage is 7 columns wide. */
    @ParameterizedTest
    @CsvSource({"4, 3, 224, 128", "4, 1, 224, 384", "4, 3, 32, 128", "4, 6, 64, 32", "2, 3, 224, 32", "4, 3, 20, 128"})
    void everyStageFillsWholePanels(int patch, int images, int width, int height) {
        assertThat(WarmUp.height(patch, images, width)).isEqualTo(height);
    }

    static Stream<ConvNextConfig> networks() {
        ConvNextConfig tiny = ConvNextConfig.of(Version.V1, Size.TINY, 3);
        return Stream.of(
                tiny,
                ConvNextConfig.of(Version.V2, Size.ATTO, 3),
                tiny.withImages(5, 2),
                tiny.withHead(new HeadInput(HeadInput.Features.MEAN, 3, 0)),
                tiny.withHead(new HeadInput(HeadInput.Features.CONCAT, 3, 7)),
                ConvNextConfig.of(Version.V1, List.of(1, 1, 1, 1), List.of(8, 8, 8, 8), 2));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void networksOfEveryKindRun(ConvNextConfig config) {
        assertThatCode(() -> WarmUp.run(config, 3, 37)).doesNotThrowAnyException();
    }
}
