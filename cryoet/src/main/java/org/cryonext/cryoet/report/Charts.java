package org.cryonext.cryoet.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
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
        chart.getStyler().setYAxisDecimalPattern("#,##0");
        return chart;
    }

    /**
     * Bars of each class's F1 with its 95 % interval, a colour per result.
     *
     * <p>xchart's error bars are symmetric, percentile intervals are not; so bars and intervals are lines of an XY chart,
     * with a gap (NaN) after each.
     */
    XYChart f1(List<Result> results) {
        XYChart chart = new XYChartBuilder()
                .width(barChartWidth())
                .height(HEIGHT)
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
            float width = (float) (0.9 * slot * barChartWidth() * 0.9 / classes.size());
            segments(chart, results.get(i).name(), offset, f1, e -> 0, Estimate::value, palette.series(i), width);
            segments(chart, "interval" + i, offset, f1, Estimate::low, Estimate::high, palette.text(), 1.5f)
                    .setShowInLegend(false);
        }
        chart.getStyler()
                .setYAxisMin(0.0)
                .setYAxisMax(1.0)
                .setXAxisMin(-0.5)
                .setXAxisMax(classes.size() - 0.5)
                .setYAxisDecimalPattern("0.0");
        classAxis(chart.getStyler());
        chart.getStyler()
                .setXAxisTickMarkSpacingHint(barChartWidth() * 7 / 10 / classes.size())
                .setXAxisTickLabelsFormattingFunction(position -> named(position, classes));
        return chart;
    }

    private XYSeries segments(
            XYChart chart,
            String name,
            double offset,
            List<Estimate> estimates,
            ToDoubleFunction<Estimate> from,
            ToDoubleFunction<Estimate> to,
            Color color,
            float width) {
        double[] x = new double[3 * estimates.size()];
        double[] y = new double[x.length];
        for (int k = 0; k < estimates.size(); k++) {
            Arrays.fill(x, 3 * k, 3 * k + 3, k + offset);
            y[3 * k] = from.applyAsDouble(estimates.get(k));
            y[3 * k + 1] = to.applyAsDouble(estimates.get(k));
            y[3 * k + 2] = Double.NaN;
        }
        XYSeries series = chart.addSeries(name, x, y);
        series.setMarker(SeriesMarkers.NONE);
        series.setLineColor(color);
        series.setLineStyle(new BasicStroke(width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER));
        return series;
    }

    private static String named(double position, List<String> names) {
        int k = (int) Math.round(position);
        boolean atName = Math.abs(position - k) < 1e-6 && k >= 0 && k < names.size();
        // xchart draws no labels at all if the two ends of the axis have the same one.
        return atName ? names.get(k) : position < 0 ? " " : "  ";
    }

    /** Heat map of the shares of each true class (a row), in percent. */
    HeatMapChart confusion(String name, ConfusionMatrix confusion) {
        int side = Math.clamp(190 + 48L * confusion.size(), 420, 1600);
        HeatMapChart chart = new HeatMapChartBuilder()
                .width(side + 70)
                .height(side)
                .title(titled("Confusion matrix", name) + " (% of the true class)")
                .xAxisTitle("Predicted class")
                .yAxisTitle("True class")
                .build();
        style(chart.getStyler(), chart);
        List<Number[]> cells = new ArrayList<>();
        for (int truth = 0; truth < confusion.size(); truth++) {
            for (int predicted = 0; predicted < confusion.size(); predicted++) {
                // xchart draws its first row at the bottom; the reader expects the diagonal to fall.
                int row = confusion.size() - 1 - truth;
                if (confusion.counts()[truth][predicted] > 0) {
                    cells.add(new Number[] {predicted, row, 100 * confusion.share(truth, predicted)});
                }
            }
        }
        chart.getStyler().setPlotContentSize(1);
        chart.addSeries("share", classes, classes.reversed(), cells).setMin(0).setMax(100);
        chart.getStyler()
                .setShowValue(true)
                .setValueFont(TEXT)
                .setValueFontColor(new Color(0x1b1f24))
                .setHeatMapValueDecimalPattern("0.#")
                .setRangeColors(new Color[] {Color.WHITE, new Color(0xbcdcf2), new Color(0x56b4e9)})
                .setPlotGridLinesVisible(false)
                .setYAxisTickMarkSpacingHint(1);
        classAxis(chart.getStyler());
        return chart;
    }

    /** Training and validation loss by epoch of the named training; without a name of the only one. */
    XYChart loss(String name, List<Epoch> epochs) {
        return curves(titled("Loss", name), epochs, Epoch::trainLoss, Epoch::valLoss);
    }

    /** Training and validation accuracy by epoch of the named training; without a name of the only one. */
    XYChart accuracy(String name, List<Epoch> epochs) {
        XYChart chart = curves(titled("Accuracy", name), epochs, Epoch::trainAccuracy, Epoch::valAccuracy);
        chart.getStyler().setYAxisMax(1.0);
        return chart;
    }

    /**
     * The particles' features in the plane in which they spread most: a colour and shape for each true class, and a cross
     * over those that were taken for another class.
     */
    XYChart features(String name, FeatureMap map) {
        XYChart chart = new XYChartBuilder()
                .width(MAP_WIDTH)
                .height(MAP_HEIGHT)
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
        chart.getStyler().setLegendPosition(LegendPosition.OutsideE).setLegendLayout(LegendLayout.Vertical);
        return chart;
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
        chart.getStyler()
                .setYAxisMin(0.0)
                .setYAxisMax(1.0)
                .setYAxisDecimalPattern("0.0")
                .setXAxisMin(-0.5)
                .setXAxisMax(values - 0.5)
                .setXAxisTickMarkSpacingHint(WIDTH * 7 / 10 / values)
                .setPlotGridVerticalLinesVisible(false)
                .setXAxisTickLabelsFormattingFunction(position -> named(position, figure.values()));
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
        chart.getStyler().setXAxisDecimalPattern("0").setXAxisTickMarkSpacingHint(40);
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

    private CategoryChart bars(String title, String axis) {
        CategoryChart chart = new CategoryChartBuilder()
                .width(barChartWidth())
                .height(HEIGHT)
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

    private void classAxis(AxesChartStyler styler) {
        styler.setXAxisTickMarkSpacingHint(1)
                .setPlotGridVerticalLinesVisible(false)
                // Upright names take the least width, or xchart leaves some out.
                .setXAxisLabelRotation(longNames() ? 90 : 0);
    }

    private void style(AxesChartStyler styler, Chart<?, ?> chart) {
        styler.setChartBackgroundColor(palette.background())
                .setChartFontColor(palette.text())
                .setPlotBackgroundColor(palette.background())
                .setPlotBorderVisible(false)
                .setChartTitleFont(TITLE)
                .setChartTitleBoxVisible(false)
                .setChartPadding(12)
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
