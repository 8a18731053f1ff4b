package org.cryonext.cryoet.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import javax.imageio.ImageIO;
import org.cryonext.cryoet.metrics.Estimate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CurvesPageTest {
    @TempDir
    private Path folder;

    private static CurveChart chart(List<Estimate> points) {
        return new CurveChart(
                "noise",
                "Noise",
                "Ratio",
                List.of("0.01", "0.05", "0.1"),
                1,
                "Macro F1",
                List.of(new Curve("The network", points)),
                "Noisier to the left.",
                new ReportTable("noise", "Noise", "A note.", List.of("Ratio", "F1"), List.of(List.of("0.01", "0.5"))));
    }

    private static List<Estimate> points(double... values) {
        return Arrays.stream(values)
                .mapToObj(v -> new Estimate(v, v - 0.1, v + 0.1))
                .toList();
    }

    @Test
    void aPageHoldsItsChartsAndNeedsNothingElse() throws IOException {
        SequencedMap<String, String> metadata = new LinkedHashMap<>();
        metadata.put("Run", "a<b");
        Path file = folder.resolve("new/page.html");
        new CurvesPage(
                        "Curves & bands",
                        "How to read.",
                        List.of("Mind this."),
                        metadata,
                        List.of(chart(points(0.3, 0.5, 0.7))),
                        List.of("figures.csv"))
                .write(file);
        assertThat(file)
                .content()
                .contains(
                        "Curves &amp; bands",
                        "<dd>a&lt;b</dd>",
                        "<strong>Note:</strong> Mind this.",
                        "<section id=\"noise\">",
                        "Noisier to the left.",
                        "<tr><th scope=\"row\">0.01</th><td>0.5</td></tr>",
                        "<a href=\"figures.csv\">",
                        "--page:")
                .containsPattern("srcset=\"data:image/png;base64,[^\"]{1000}")
                .doesNotContain("<script", "src=\"http", "{{");
    }

    /** Where the band lies the background is tinted, and nowhere else. */
    @Test
    void theIntervalsAreDrawnAsABand() {
        Charts charts = new Charts(Palette.LIGHT, List.of());
        BufferedImage wide = image(charts, points(0.5, 0.5, 0.5));
        List<Estimate> exact =
                List.of(new Estimate(0.5, 0.5, 0.5), new Estimate(0.5, 0.5, 0.5), new Estimate(0.5, 0.5, 0.5));
        BufferedImage narrow = image(charts, exact);
        int tinted = 0;
        for (int y = 0; y < wide.getHeight(); y++) {
            if (wide.getRGB(wide.getWidth() / 2 + 40, y) != narrow.getRGB(wide.getWidth() / 2 + 40, y)) {
                tinted++;
            }
        }
        // A fifth of the axis, which takes up most of the chart's height.
        assertThat(tinted).isBetween(wide.getHeight() / 10, wide.getHeight() / 5);
    }

    private static BufferedImage image(Charts charts, List<Estimate> points) {
        try {
            return ImageIO.read(new ByteArrayInputStream(
                    Picture.of(charts.curves(chart(points))).png()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aCurveHasAPointForEachValue() {
        assertThatThrownBy(() -> chart(points(0.3, 0.5)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The network has 2 points for 3 values");
    }
}
