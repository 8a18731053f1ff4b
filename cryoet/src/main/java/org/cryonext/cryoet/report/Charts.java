package org.cryonext.cryoet.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.cryonext.cryoet.metrics.ClassMetrics;
import org.cryonext.cryoet.metrics.ConfusionMatrix;
import org.cryonext.cryoet.metrics.Estimate;
import org.cryonext.cryoet.metrics.Prediction;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.AxesChartStyler.TextAlignment;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws the report's figures in one palette. */
final class Charts {
    private static final int WIDTH = 920;
    private static final int HEIGHT = 360;
    private static final int MAP_WIDTH = 800;
    private static final int MAP_HEIGHT = 480;
    private static final List<Marker> CLASS_SHAPES = List.of(
            SeriesMarkers.CIRCLE,
            SeriesMarkers.DIAMOND,
            SeriesMarkers.SQUARE,
            SeriesMarkers.TRIANGLE_UP,
            SeriesMarkers.TRIANGLE_DOWN,
            SeriesMarkers.PLUS);
    private static final Font TEXT = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
    /** Of an axis of numbers: xchart widens the steps until no label is longer, so that in the end none is left. */
    private static final int LONGEST_LABEL = 20;

    private static final Font MAP_LEGEND = new Font(Font.SANS_SERIF, Font.PLAIN, 11);
    /** Pixels that an entry of the map's legend takes. */
    private static final int MAP_LEGEND_LINE = 16;

    private static final int SMALLEST_CELL_WITH_VALUE = 34;
    /** The page's colours. */
    private static final Color RIGHT = new Color(86, 180, 233);

    private static final Color WRONG = new Color(245, 158, 84);
    private static final Font TITLE = new Font(Font.SANS_SERIF, Font.BOLD, 16);

    private final Palette palette;
    private final List<String> classes;

    Charts(Palette palette, List<String> classes) {
        this.palette = palette;
        this.classes = classes;
    }

    /** Bars of the particles per class, a colour per set. */
    CategoryChart distribution(List<ClassCounts> sets) {
        CategoryChart chart = bars("Particles per class", "Particles");
        for (int i = 0; i < sets.size(); i++) {
            ClassCounts set = sets.get(i);
            fill(chart.addSeries(set.set(), classes, set.counts()), palette.series(i));
        }
        // Particles are whole, and so are the steps of an axis to five or more.
        double most = chart.getSeriesCollection().stream()
                .mapToDouble(CategorySeries::getYMax)
                .reduce(5, Math::max);
        fromZero(chart.getStyler(), most);
        chart.getStyler().setLegendVisible(sets.size() > 1);
        return chart;
    }

    /**
     * Bars of each class's F1 with its 95 % interval, a colour per result.
     *
     * <p>xchart's error bars are symmetric, percentile intervals are not; so bars are areas and intervals are lines of an
     * XY chart, with a gap (NaN) after each.
     */
    XYChart f1(List<Result> results) {
        XYChart chart = new XYChartBuilder()
                .width(barChartWidth())
                .height(barChartHeight())
                .title("F1 per class, with 95 % intervals")
                .xAxisTitle("")
                .yAxisTitle("F1")
                .build();
        style(chart.getStyler(), chart);
        double slot = 0.75 / results.size();
        for (int i = 0; i < results.size(); i++) {
            double offset = slot * (i - (results.size() - 1) / 2.0);
            List<Estimate> f1 = results.get(i).metrics().perClass().stream()
                    .map(ClassMetrics::f1)
                    .toList();
            bars(chart, results.get(i).name(), offset, 0.9 * slot, f1, palette.series(i));
            intervals(chart, "interval" + i, offset, f1);
        }
        fromZero(chart.getStyler(), 1);
        chart.getStyler().setXAxisMin(-0.5).setXAxisMax(classes.size() - 0.5);
        classAxis(chart.getStyler());
        chart.getStyler()
                .setXAxisTickMarkSpacingHint(barChartWidth() * 7 / 10 / classes.size())
                .setXAxisTickLabelsFormattingFunction(position -> named(position, classes))
                .setLegendVisible(results.size() > 1);
        return chart;
    }

    private static void bars(
            XYChart chart, String name, double offset, double width, List<Estimate> heights, Color color) {
        double[] x = new double[5 * heights.size()];
        double[] y = new double[x.length];
        for (int k = 0; k < heights.size(); k++) {
            Arrays.fill(x, 5 * k, 5 * k + 2, k + offset - width / 2);
            Arrays.fill(x, 5 * k + 2, 5 * k + 5, k + offset + width / 2);
            Arrays.fill(y, 5 * k + 1, 5 * k + 3, heights.get(k).value());
            y[5 * k + 4] = Double.NaN;
        }
        XYSeries series = chart.addSeries(name, x, y);
        series.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.PolygonArea);
        series.setFillColor(color);
        series.setLineColor(color);
        series.setLineStyle(new BasicStroke(0.1f));
        series.setMarker(SeriesMarkers.NONE);
    }

    private void intervals(XYChart chart, String name, double offset, List<Estimate> estimates) {
        double[] x = new double[3 * estimates.size()];
        double[] y = new double[x.length];
        for (int k = 0; k < estimates.size(); k++) {
            Arrays.fill(x, 3 * k, 3 * k + 3, k + offset);
            y[3 * k] = estimates.get(k).low();
            y[3 * k + 1] = estimates.get(k).high();
            y[3 * k + 2] = Double.NaN;
        }
        XYSeries series = chart.addSeries(name, x, y);
        series.setMarker(SeriesMarkers.NONE).setShowInLegend(false);
        series.setLineColor(palette.text());
        series.setLineStyle(new BasicStroke(1.5f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER));
    }

    private static String named(double position, List<String> names) {
        int k = (int) Math.round(position);
        boolean atName = Math.abs(position - k) < 1e-6 && k >= 0 && k < names.size();
        // xchart draws no labels at all if the two ends of the axis have the same one.
        if (!atName) {
            return position < 0 ? " " : "  ";
        }
        String name = names.get(k);
        return name.length() > LONGEST_LABEL ? name.substring(0, LONGEST_LABEL - 1) + "…" : name;
    }

    /**
     * Heat map of the shares of each true class (a row), in percent, in the page's colours: blue is right, orange is wrong.
     * What is wrong has a negative value, whose sign is not shown.
     */
    HeatMapChart confusion(String name, ConfusionMatrix confusion) {
        int side = Math.clamp(48L * confusion.size(), 420, 1410);
        int cell = side / confusion.size();
        HeatMapChart chart = new HeatMapChartBuilder()
                .width(side + 90 + nameLength())
                .height(side + 110 + (longNames() ? nameLength() : 0))
                .title(titled("Confusion matrix", name))
                .xAxisTitle("Predicted class (blue: right, orange: wrong)")
                .yAxisTitle("True class (each row in %)")
                .build();
        style(chart.getStyler(), chart);
        List<Number[]> cells = new ArrayList<>();
        for (int truth = 0; truth < confusion.size(); truth++) {
            for (int predicted = 0; predicted < confusion.size(); predicted++) {
                // xchart draws its first row at the bottom; the reader expects the diagonal to fall.
                int row = confusion.size() - 1 - truth;
                if (confusion.counts()[truth][predicted] > 0) {
                    double percent = 100 * confusion.share(truth, predicted);
                    cells.add(new Number[] {predicted, row, truth == predicted ? percent : -percent});
                }
            }
        }
        chart.getStyler().setPlotContentSize(1);
        chart.addSeries("share", classes, classes.reversed(), cells)
                .setMin(-100)
                .setMax(100);
        chart.getStyler()
                .setShowValue(cell >= SMALLEST_CELL_WITH_VALUE)
                .setValueFont(TEXT)
                .setValueFontColor(palette.text())
                // The blank after a negative value stands for its sign.
                .setHeatMapValueDecimalPattern("0.#;0.# ")
                .setRangeColors(
                        IntStream.rangeClosed(-100, 100).mapToObj(this::shade).toArray(Color[]::new))
                .setYAxisTickMarkSpacingHint(1)
                .setAxisTickLabelsFont(TEXT.deriveFont((float) Math.clamp(cell - 2, 6, TEXT.getSize())))
                .setChartTitlePadding(12)
                .setLegendVisible(false);
        classAxis(chart.getStyler());
        // Lines lead from a name to its cells.
        chart.getStyler().setPlotGridVerticalLinesVisible(true);
        return chart;
    }

    /** As on the page, the least share has a shade too: a single particle in a large class must still be seen. */
    private Color shade(int percent) {
        Color full = percent < 0 ? WRONG : RIGHT;
        Color none = palette.background();
        double share = percent == 0 ? 0 : 0.15 + 0.85 * Math.abs(percent) / 100;
        return new Color(
                (int) Math.round(none.getRed() + share * (full.getRed() - none.getRed())),
                (int) Math.round(none.getGreen() + share * (full.getGreen() - none.getGreen())),
                (int) Math.round(none.getBlue() + share * (full.getBlue() - none.getBlue())));
    }

    /** Training and validation loss by epoch of the named training; without a name of the only one. */
    XYChart loss(String name, List<Epoch> epochs) {
        XYChart chart = curves(titled("Loss", name), epochs, Epoch::trainLoss, Epoch::valLoss);
        double greatest = chart.getSeriesCollection().stream()
                .mapToDouble(XYSeries::getYMax)
                .reduce(0, Math::max);
        fromZero(chart.getStyler(), greatest);
        return chart;
    }

    /** Training and validation accuracy by epoch of the named training; without a name of the only one. */
    XYChart accuracy(String name, List<Epoch> epochs) {
        XYChart chart = curves(titled("Accuracy", name), epochs, Epoch::trainAccuracy, Epoch::valAccuracy);
        fromZero(chart.getStyler(), 1);
        return chart;
    }

    /**
     * The particles' features in the plane in which they spread most: a colour and shape for each true class, and a cross
     * over those that were taken for another class.
     */
    XYChart features(String name, FeatureMap map) {
        // xchart's legend has one column and is cut where it is higher than the chart.
        XYChart chart = new XYChartBuilder()
                .width(MAP_WIDTH)
                .height(Math.max(MAP_HEIGHT, 120 + MAP_LEGEND_LINE * (classes.size() + 1)))
                .title(titled("Features of the particles", name))
                .xAxisTitle(axis("First", map.plane().firstShare()))
                .yAxisTitle(axis("Second", map.plane().secondShare()))
                .build();
        style(chart.getStyler(), chart);
        chart.getStyler().setDefaultSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
        for (int k = 0; k < classes.size(); k++) {
            int id = k;
            Marker shape = CLASS_SHAPES.get(2 * k / palette.classes().size() % CLASS_SHAPES.size());
            points(chart, classes.get(k), map, p -> p.truth() == id, shape, palette.ofClass(k));
        }
        points(chart, "taken for another", map, p -> !p.correct(), SeriesMarkers.CROSS, palette.text());
        chart.getStyler().setMarkerSize(7);
        chart.getStyler()
                .setLegendPosition(LegendPosition.OutsideE)
                .setLegendLayout(LegendLayout.Vertical)
                .setLegendFont(MAP_LEGEND)
                .setLegendPadding(4);
        chart.getStyler()
                .setXAxisTickMarkSpacingHint(MAP_WIDTH / 8)
                .setYAxisTickMarkSpacingHint(chart.getHeight() / 7)
                .setXAxisDecimalPattern(pattern(step(span(map.plane().first()))))
                .setYAxisDecimalPattern(pattern(step(span(map.plane().second()))));
        return chart;
    }

    private static double span(double[] values) {
        DoubleSummaryStatistics ends = DoubleStream.of(values).summaryStatistics();
        return ends.getMax() - ends.getMin();
    }

    private static String axis(String which, double share) {
        return String.format(Locale.ROOT, "%s principal component (%.1f %% of the variance)", which, 100 * share);
    }

    private static void points(
            XYChart chart, String name, FeatureMap map, Predicate<Prediction> wanted, Marker shape, Color color) {
        int[] own = IntStream.range(0, map.predictions().size())
                .filter(i -> wanted.test(map.predictions().get(i)))
                .toArray();
        if (own.length > 0) {
            XYSeries series = chart.addSeries(
                    name,
                    IntStream.of(own).mapToDouble(i -> map.plane().first()[i]).toArray(),
                    IntStream.of(own).mapToDouble(i -> map.plane().second()[i]).toArray());
            series.setMarker(shape);
            series.setMarkerColor(color);
        }
    }

    /** Lines with their intervals as bands, over values at equal distances; a dashed line marks one of the values. */
    XYChart curves(CurveChart figure) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .xAxisTitle(figure.axis())
                .yAxisTitle(figure.measure())
                .build();
        style(chart.getStyler(), chart);
        XYSeries mark = chart.addSeries("mark", new double[] {figure.marked(), figure.marked()}, new double[] {0, 1});
        mark.setMarker(SeriesMarkers.NONE).setShowInLegend(false);
        mark.setLineColor(palette.muted());
        mark.setLineStyle(
                new BasicStroke(1.2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10, new float[] {5, 4}, 0));
        for (int i = 0; i < figure.curves().size(); i++) {
            band(chart, "interval" + i, figure.curves().get(i).points(), palette.series(i));
        }
        for (int i = 0; i < figure.curves().size(); i++) {
            Curve curve = figure.curves().get(i);
            XYSeries series = chart.addSeries(
                    curve.name(),
                    IntStream.range(0, curve.points().size()).asDoubleStream().toArray(),
                    curve.points().stream().mapToDouble(Estimate::value).toArray());
            series.setMarker(i == 0 ? SeriesMarkers.CIRCLE : SeriesMarkers.DIAMOND);
            series.setMarkerColor(palette.series(i));
            series.setLineColor(palette.series(i));
            series.setLineStyle(new BasicStroke(2f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        }
        int values = figure.values().size();
        chart.getStyler().setMarkerSize(7);
        fromZero(chart.getStyler(), 1);
        chart.getStyler()
                .setXAxisMin(-0.5)
                .setXAxisMax(values - 0.5)
                .setXAxisTickMarkSpacingHint(WIDTH * 7 / 10 / values)
                .setPlotGridVerticalLinesVisible(false)
                .setXAxisTickLabelsFormattingFunction(position -> named(position, figure.values()))
                .setLegendVisible(figure.curves().size() > 1);
        return chart;
    }

    private static void band(XYChart chart, String name, List<Estimate> points, Color color) {
        int n = points.size();
        double[] x = new double[2 * n];
        double[] y = new double[2 * n];
        for (int i = 0; i < n; i++) {
            x[i] = i;
            y[i] = points.get(i).low();
            x[2 * n - 1 - i] = i;
            y[2 * n - 1 - i] = points.get(i).high();
        }
        XYSeries series = chart.addSeries(name, x, y);
        series.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.PolygonArea);
        series.setFillColor(new Color(color.getRed(), color.getGreen(), color.getBlue(), 56));
        series.setLineColor(new Color(0, 0, 0, 0));
        series.setMarker(SeriesMarkers.NONE).setShowInLegend(false);
    }

    private static String titled(String title, String name) {
        return title + (name.isEmpty() ? "" : ", " + name);
    }

    private XYChart curves(
            String title, List<Epoch> epochs, ToDoubleFunction<Epoch> train, ToDoubleFunction<Epoch> validation) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH / 2)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle("Epoch, from 0")
                .yAxisTitle("")
                .build();
        style(chart.getStyler(), chart);
        curve(chart, "Training", epochs, train, 0, SeriesMarkers.CIRCLE);
        if (epochs.stream().anyMatch(e -> !Double.isNaN(validation.applyAsDouble(e)))) {
            curve(chart, "Validation", epochs, validation, 1, SeriesMarkers.DIAMOND);
        }
        chart.getStyler().setMarkerSize(6);
        chart.getStyler()
                .setXAxisDecimalPattern("0")
                .setXAxisTickMarkSpacingHint(40)
                // Unequal margins: ticks stand at the ends too where ends and points are equally far apart.
                .setXAxisMin(epochs.getFirst().number() - 0.6)
                .setXAxisMax(epochs.getLast().number() + 0.7)
                .setLegendVisible(chart.getSeriesCollection().size() > 1);
        return chart;
    }

    private void curve(
            XYChart chart, String name, List<Epoch> epochs, ToDoubleFunction<Epoch> value, int color, Marker marker) {
        List<Epoch> known = epochs.stream()
                .filter(e -> Double.isFinite(value.applyAsDouble(e)))
                .toList();
        if (known.isEmpty()) {
            return;
        }
        XYSeries series = chart.addSeries(
                name,
                known.stream().map(Epoch::number).toList(),
                known.stream().map(value::applyAsDouble).toList());
        series.setMarker(marker);
        series.setMarkerColor(palette.series(color));
        series.setLineColor(palette.series(color));
        series.setLineStyle(new BasicStroke(2f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    }

    /** An axis from 0 to the first of at most five round steps that the greatest value does not pass. */
    private static void fromZero(AxesChartStyler styler, double greatest) {
        double step = step(greatest);
        double steps = Math.max(1, Math.ceil(greatest / step - 1e-9));
        styler.setYAxisMin(0.0)
                .setYAxisMax(steps * step)
                .setYAxisDecimalPattern(pattern(step))
                // Of a plot of usual height: xchart takes the step next to it of 1, 2 or 5 times a power of ten.
                .setYAxisTickMarkSpacingHint((int) (0.6 * HEIGHT / steps));
    }

    /** The least of 1, 2 and 5 times a power of ten of which five are no less than the span; 1 if there is none. */
    private static double step(double span) {
        if (!(span > 1e-9)) {
            return 1;
        }
        double power = Math.pow(10, Math.floor(Math.log10(span / 5)));
        return DoubleStream.of(1, 2, 5)
                .map(times -> times * power)
                .filter(step -> 5 * step >= span * (1 - 1e-9))
                .findFirst()
                .orElse(10 * power);
    }

    private static String pattern(double step) {
        return step >= 1 ? "#,##0" : "0." + "0".repeat((int) -Math.floor(Math.log10(step) + 1e-9));
    }

    private CategoryChart bars(String title, String axis) {
        CategoryChart chart = new CategoryChartBuilder()
                .width(barChartWidth())
                .height(barChartHeight())
                .title(title)
                .xAxisTitle("")
                .yAxisTitle(axis)
                .build();
        style(chart.getStyler(), chart);
        chart.getStyler().setAvailableSpaceFill(0.75);
        classAxis(chart.getStyler());
        return chart;
    }

    private int barChartWidth() {
        return Math.max(WIDTH, 60 * classes.size());
    }

    /** Upright names take no height from the bars. */
    private int barChartHeight() {
        return HEIGHT + (longNames() ? nameLength() : 0);
    }

    /** Pixels, about, that the longest name takes. */
    private int nameLength() {
        return 7 * classes.stream().mapToInt(String::length).max().orElse(0);
    }

    private void classAxis(AxesChartStyler styler) {
        styler.setXAxisTickMarkSpacingHint(1)
                .setPlotGridVerticalLinesVisible(false)
                // Upright names take the least width, or xchart leaves some out.
                .setXAxisLabelRotation(longNames() ? 90 : 0)
                // Begins all names at one height.
                .setXAxisLabelAlignmentVertical(TextAlignment.Right);
    }

    private void style(AxesChartStyler styler, Chart<?, ?> chart) {
        styler.setChartBackgroundColor(palette.background())
                .setChartFontColor(palette.text())
                .setPlotBackgroundColor(palette.background())
                .setPlotBorderVisible(false)
                .setChartTitleFont(TITLE)
                .setChartTitleBoxVisible(false)
                .setChartPadding(12)
                .setLocale(Locale.ROOT)
                .setLegendPosition(LegendPosition.OutsideS)
                .setLegendLayout(LegendLayout.Horizontal)
                .setLegendBackgroundColor(palette.background())
                .setLegendBorderColor(palette.background())
                .setLegendFont(TEXT);
        styler.setAxisTickLabelsFont(TEXT)
                .setAxisTitleFont(TEXT)
                .setAxisTickLabelsColor(palette.muted())
                .setAxisTickMarksColor(palette.grid())
                .setAxisTicksLineVisible(false)
                .setPlotGridLinesColor(palette.grid())
                .setPlotGridLinesStroke(new BasicStroke(1f))
                .setYAxisLabelAlignment(TextAlignment.Right)
                .setPlotMargin(4);
        styler.setXAxisTitleColor(palette.muted()).setYAxisTitleColor(palette.muted());
    }

    private static void fill(CategorySeries series, Color color) {
        series.setFillColor(color);
    }

    private boolean longNames() {
        return classes.stream().anyMatch(name -> name.length() > 6);
    }
}
