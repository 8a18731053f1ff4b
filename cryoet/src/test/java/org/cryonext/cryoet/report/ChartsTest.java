package org.cryonext.cryoet.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.cryonext.cryoet.metrics.ConfusionMatrix;
import org.cryonext.cryoet.metrics.Prediction;
import org.junit.jupiter.api.Test;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;

final class ChartsTest {
    private static final int WHITE = Color.WHITE.getRGB();

    private static BufferedImage image(Picture picture) {
        try {
            return ImageIO.read(new ByteArrayInputStream(picture.png()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Nothing comes near the picture's edge, so nothing was cut off there. */
    private static void requireWhole(BufferedImage image) {
        int edge = 6;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                boolean atEdge = Math.min(x, y) < edge || x >= image.getWidth() - edge || y >= image.getHeight() - edge;
                if (atEdge && image.getRGB(x, y) != WHITE) {
                    throw new AssertionError("ink at (" + x + ", " + y + ")");
                }
            }
        }
    }

    private static List<String> names(int count) {
        return IntStream.range(0, count).mapToObj(i -> "protein_" + i).toList();
    }

    private static List<Prediction> predictions(int classes) {
        return IntStream.range(0, 3 * classes)
                .mapToObj(i -> {
                    float[] probabilities = new float[classes];
                    int predicted = i % 7 == 0 ? (i + 1) % classes : i % classes;
                    probabilities[predicted] = 1;
                    return new Prediction("model_9", i, 0, 0, i + 1, i % classes, predicted, probabilities);
                })
                .toList();
    }

    private static Charts charts(List<String> classes) {
        return new Charts(Palette.LIGHT, classes);
    }

    @Test
    void aSingleResultNeedsNoLegendAndSeveralHaveOneBelow() {
        List<String> names = names(12);
        Result one = Result.of("grandmodel", names, predictions(12));
        Result other = Result.of("reconstruction", names, predictions(12));

        XYChart alone = charts(names).f1(List.of(one));
        XYChart both = charts(names).f1(List.of(one, other));

        assertThat(alone.getStyler().isLegendVisible()).isFalse();
        assertThat(both.getStyler().isLegendVisible()).isTrue();
        assertThat(both.getSeriesCollection().stream()
                        .filter(XYSeries::isShowInLegend)
                        .map(XYSeries::getName))
                .containsExactly("grandmodel", "reconstruction");
        requireWhole(image(Picture.of(alone)));
        requireWhole(image(Picture.of(both)));
    }

    @Test
    void theLegendOfManyClassesIsWhole() {
        for (int count : new int[] {3, 30, 100}) {
            List<Prediction> predictions = predictions(count);
            List<float[]> features = new ArrayList<>();
            for (Prediction p : predictions) {
                features.add(new float[] {p.truth(), p.predicted() % 5, p.line() % 3});
            }
            XYChart chart = charts(names(count)).features("", FeatureMap.of(predictions, features));

            assertThat(chart.getSeriesCollection()).hasSize(count + 1);
            requireWhole(image(Picture.of(chart)));
        }
    }

    @Test
    void featuresThatDoNotDifferAreDrawn() {
        List<Prediction> predictions = predictions(2);
        List<float[]> features =
                predictions.stream().map(p -> new float[] {1, 2, 3}).toList();
        requireWhole(image(Picture.of(charts(names(2)).features("", FeatureMap.of(predictions, features)))));
    }

    @Test
    void aNameIsNoLongerThanXchartTakesIt() {
        List<String> names = List.of("cytosolic_ribosome_of_yeast", "apoferritin");
        XYChart chart = charts(names).f1(List.of(Result.of("grandmodel", names, predictions(2))));
        assertThat(chart.getStyler().getXAxisTickLabelsFormattingFunction().apply(0.0))
                .isEqualTo("cytosolic_ribosome_…");
        assertThat(chart.getStyler().getXAxisTickLabelsFormattingFunction().apply(1.0))
                .isEqualTo("apoferritin");
    }

    @Test
    void theAccuracyAxisBeginsAtZeroAndASingleEpochIsDrawn() {
        List<Epoch> one = List.of(new Epoch(0, 2.511752963066101, 0.91, Double.NaN, Double.NaN, true, 1));
        Charts charts = charts(names(2));

        XYChart accuracy = charts.accuracy("", one);
        assertThat(accuracy.getStyler().getYAxisMin()).isZero();
        assertThat(accuracy.getStyler().getYAxisMax()).isEqualTo(1);
        requireWhole(image(Picture.of(accuracy)));
        requireWhole(image(Picture.of(charts.loss("", one))));
    }

    @Test
    void theEndOfAnAxisIsARoundNumberThatNoBarPasses() {
        assertThat(endOfCounts(1_241)).isEqualTo(1_500);
        assertThat(endOfCounts(1_000)).isEqualTo(1_000);
        assertThat(endOfCounts(3)).isEqualTo(5);
        assertThat(endOfCounts(0)).isEqualTo(5);
        XYChart loss = charts(names(2)).loss("", List.of(new Epoch(0, 0.21, 0.91, Double.NaN, Double.NaN, true, 1)));
        assertThat(loss.getStyler().getYAxisMax()).isEqualTo(0.25);
        assertThat(loss.getStyler().getYAxisDecimalPattern()).isEqualTo("0.00");
    }

    private static double endOfCounts(long most) {
        CategoryChart chart = charts(names(2)).distribution(List.of(new ClassCounts("train", List.of(most, 0L))));
        requireWhole(image(Picture.of(chart)));
        return chart.getStyler().getYAxisMax();
    }

    @Test
    void theConfusionMatrixTellsRightFromWrong() {
        ConfusionMatrix confusion = new ConfusionMatrix(List.of("a", "b"), new long[][] {{7, 1}, {0, 2}});
        BufferedImage image = image(Picture.of(charts(List.of("a", "b")).confusion("", confusion)));
        requireWhole(image);

        // Beside the middles of the cells, which have the values.
        int[] columns = {image.getWidth() * 2 / 5, image.getWidth() * 9 / 10};
        int[] rows = {image.getHeight() / 5, image.getHeight() * 3 / 4};
        Color right = new Color(image.getRGB(columns[0], rows[0]));
        Color wrong = new Color(image.getRGB(columns[1], rows[0]));
        assertThat(right.getBlue()).as("right is blue").isGreaterThan(right.getRed() + 50);
        assertThat(wrong.getRed()).as("wrong is orange").isGreaterThan(wrong.getBlue() + 20);
        assertThat(image.getRGB(columns[0], rows[1])).as("none").isEqualTo(WHITE);
    }

    @Test
    void whatIsWrongHasNoSign() {
        ConfusionMatrix confusion = new ConfusionMatrix(List.of("a", "b"), new long[][] {{7, 1}, {0, 2}});
        String pattern =
                charts(List.of("a", "b")).confusion("", confusion).getStyler().getHeatMapValueDecimalPattern();
        DecimalFormat format = new DecimalFormat(pattern, DecimalFormatSymbols.getInstance(Locale.ROOT));
        assertThat(format.format(-12.5).strip()).isEqualTo("12.5");
    }

    @Test
    void aConfusionMatrixOfManyClassesIsWhole() {
        int size = 120;
        long[][] counts = new long[size][size];
        for (int i = 0; i < size; i++) {
            counts[i][i] = 12_345;
        }
        List<String> names = names(size);
        requireWhole(image(Picture.of(charts(names).confusion("", new ConfusionMatrix(names, counts)))));
    }
}
