package org.cryonext.cryoet.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;

final class SampleSheetTest {
    @Test
    void aViewsNameThatIsWiderThanItsSliceIsThePlaneAlone() {
        Graphics2D graphics = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
        FontMetrics metrics = graphics.getFontMetrics(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
        graphics.dispose();
        assertThat(SampleSheet.fitting("XY", metrics)).isEqualTo("XY");
        assertThat(SampleSheet.fitting("XZ -2 (mean of 4)", metrics)).isEqualTo("XZ");
    }
}
