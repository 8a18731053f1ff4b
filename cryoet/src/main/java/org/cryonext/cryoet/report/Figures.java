package org.cryonext.cryoet.report;

import java.awt.Font;
import java.awt.font.FontRenderContext;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.knowm.xchart.internal.chartpart.Chart;

/**
 * The report's charts; a chart without data is null.
 *
 * @param confusion one per result
 * @param loss one per training
 * @param accuracy one per training
 * @param features one per look inside
 * @param samples the particles that the page shows one by one
 */
record Figures(
        Figure f1,
        List<Figure> confusion,
        Figure distribution,
        List<Figure> loss,
        List<Figure> accuracy,
        List<Figure> features,
        Figure samples) {

    /** No charts at all. */
    static final Figures NONE = new Figures(null, List.of(), null, List.of(), List.of(), List.of(), null);

    static Figures draw(ReportInput input) {
        Charts light = new Charts(Palette.LIGHT, input.classes());
        Charts dark = new Charts(Palette.DARK, input.classes());
        List<Figure> confusion = new ArrayList<>();
        boolean several = input.results().size() > 1;
        for (Result result : input.results()) {
            // The page shows this one as a table, so no dark picture is needed.
            String name = several ? result.name() : "";
            Picture picture = Picture.of(light.confusion(name, result.metrics().confusion()));
            confusion.add(new Figure(
                    "confusion_matrix" + Report.suffix(input, result), "Confusion matrix", picture, picture));
        }
        Figure f1 = figure(
                "f1_per_class",
                "Bars of F1 per class; the table has the numbers.",
                c -> c.f1(input.results()),
                light,
                dark);
        Figure distribution = input.counts().isEmpty()
                ? null
                : figure(
                        "class_distribution",
                        "Bars of the particles per class in each set; the table has the numbers.",
                        c -> c.distribution(input.counts()),
                        light,
                        dark);
        List<Figure> loss = new ArrayList<>();
        List<Figure> accuracy = new ArrayList<>();
        for (TrainingCurves training : input.trainings()) {
            boolean one = input.trainings().size() == 1;
            String end = one ? "" : "_" + training.name();
            String title = one ? "" : training.name();
            String table = one ? "" : " of " + training.name();
            loss.add(figure(
                    "loss" + end,
                    "Loss" + table + " by epoch; the table has the numbers.",
                    c -> c.loss(title, training.epochs()),
                    light,
                    dark));
            accuracy.add(figure(
                    "accuracy" + end,
                    "Accuracy" + table + " by epoch; the table has the numbers.",
                    c -> c.accuracy(title, training.epochs()),
                    light,
                    dark));
        }
        List<Figure> features = new ArrayList<>();
        for (Inside inside : input.insides()) {
            String title = several ? inside.result() : "";
            features.add(figure(
                    "feature_map" + (several ? "_" + inside.result() : ""),
                    "The features" + (several ? " of " + inside.result() : "")
                            + " as points; the table feature_map has their places.",
                    c -> c.features(title, inside.features()),
                    light,
                    dark));
        }
        return new Figures(f1, confusion, distribution, loss, accuracy, features, samples(input));
    }

    /** The page shows these one by one, so no dark picture is needed. */
    private static Figure samples(ReportInput input) {
        if (input.samples().isEmpty()) {
            return null;
        }
        Picture picture = SampleSheet.draw(input.classes(), input.samples(), Palette.LIGHT);
        return new Figure("samples", "Slices of some particles of each class", picture, picture);
    }

    /** All figures drawn. */
    List<Figure> all() {
        List<Figure> all = new ArrayList<>(confusion);
        for (Figure figure : new Figure[] {f1, distribution, samples}) {
            if (figure != null) {
                all.add(figure);
            }
        }
        all.addAll(loss);
        all.addAll(accuracy);
        all.addAll(features);
        return all;
    }

    /** Whether Java finds a font to draw text with; a bare Linux server or container may have none. */
    static boolean fontsFound() {
        try {
            new Font(Font.SANS_SERIF, Font.PLAIN, 12).getLineMetrics("x", new FontRenderContext(null, true, false));
            return true;
        } catch (RuntimeException | LinkageError | InternalError e) {
            // The JDK throws one or another of these, depending on whether fontconfig or only the fonts are missing.
            return false;
        }
    }

    static Figure figure(
            String name, String description, Function<Charts, Chart<?, ?>> chart, Charts light, Charts dark) {
        return new Figure(name, description, Picture.of(chart.apply(light)), Picture.of(chart.apply(dark)));
    }
}
