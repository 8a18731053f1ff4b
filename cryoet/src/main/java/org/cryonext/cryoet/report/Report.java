package org.cryonext.cryoet.report;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.cryonext.cryoet.metrics.MetricsJson;
import org.cryonext.cryoet.metrics.Rival;
import org.cryonext.engine.io.AtomicFile;

/**
 * Writes all files of an evaluation into one folder:
 *
 * <ul>
 *   <li>{@code metrics.json}: the figures ({@link MetricsJson});
 *   <li>{@code predictions.csv}: a row per particle ({@link PredictionsCsv}); with several results, one file each:
 *       {@code predictions_<name>.csv}; those of the baselines beside it end in {@code _size_alone} and
 *       {@code _most_frequent};
 *   <li>{@code classification_report.xlsx}: figures per class and confusion matrices;
 *   <li>{@code tables/*.csv}: further tables, such as what each protocol comes to, and where the features lie;
 *   <li>{@code figures/*.png}: the charts;
 *   <li>{@code report.html}: all of it on one page, which needs no other file and no network.
 * </ul>
 */
public final class Report {
    static final String NO_FONTS =
            "The charts are missing, for Java found no font on this machine; install fontconfig and a font (on Debian and"
                    + " Ubuntu: apt install fontconfig fonts-dejavu-core) and write the report again.";

    private Report() {}

    /**
     * Writes the report. Each file appears whole or not at all; the page comes last, so that where it is, all is.
     *
     * @param folder made if need be; files of an earlier report in it are replaced
     * @return the page
     * @throws org.cryonext.engine.io.InputException if the folder cannot be written
     */
    public static Path write(Path folder, ReportInput input) {
        writeTables(folder, input);
        boolean fonts = Figures.fontsFound();
        Figures figures = fonts ? Figures.draw(input) : Figures.NONE;
        for (Figure figure : figures.all()) {
            Path png = folder.resolve("figures").resolve(figure.name() + ".png");
            AtomicFile.write(
                    png, temporary -> Files.write(temporary, figure.light().png()));
        }
        String page = ReportPage.render(fonts ? input : input.withWarning(NO_FONTS), figures);
        Path html = folder.resolve("report.html");
        AtomicFile.write(html, temporary -> Files.writeString(temporary, page));
        return html;
    }

    /**
     * Writes the figures and tables of a report without its page and charts.
     *
     * @return {@code metrics.json}
     * @throws org.cryonext.engine.io.InputException if the folder cannot be written
     */
    public static Path writeTables(Path folder, ReportInput input) {
        // First, as by these files a folder is known to hold an evaluation.
        for (Result result : input.results()) {
            Path csv = folder.resolve("predictions" + suffix(input, result) + ".csv");
            SequencedMap<String, List<String>> more = result.imageColumn();
            result.rejected().ifPresent(rejected -> more.putAll(PredictionsCsv.columns(rejected.rejection())));
            PredictionsCsv.writeEvaluation(csv, input.classes(), result.predictions(), more);
            for (Rival rival : result.rivals()) {
                PredictionsCsv.writeEvaluation(
                        folder.resolve(file(input, result, rival)),
                        input.classes(),
                        rival.predictions(),
                        result.imageColumn());
            }
        }
        Path figures = folder.resolve("metrics.json");
        writeMetrics(figures, input);
        for (ReportTable table : input.tables()) {
            table.write(folder.resolve("tables").resolve(table.id() + ".csv"));
        }
        for (Inside inside : input.insides()) {
            inside.features().write(folder.resolve(file(input, inside)), input.classes());
        }
        ReportWorkbook.write(folder.resolve("classification_report.xlsx"), input);
        return figures;
    }

    /** Name of the table with a rival's predictions. */
    static String file(ReportInput input, Result result, Rival rival) {
        return "predictions" + suffix(input, result) + "_" + rival.id() + ".csv";
    }

    /** Name of the table with the places of a result's features. */
    static String file(ReportInput input, Inside inside) {
        return "tables/feature_map" + (input.results().size() == 1 ? "" : "_" + inside.result()) + ".csv";
    }

    /** End of the file names that belong to one of several results; nothing for a single one. */
    static String suffix(ReportInput input, Result result) {
        return input.results().size() == 1 ? "" : "_" + result.name();
    }

    private static void writeMetrics(Path file, ReportInput input) {
        if (input.results().size() == 1) {
            Result result = input.results().getFirst();
            MetricsJson.write(file, entry(result), input.figures());
            return;
        }
        SequencedMap<String, MetricsJson.Entry> results = new LinkedHashMap<>();
        input.results().forEach(result -> results.put(result.name(), entry(result)));
        MetricsJson.write(file, results, input.figures());
    }

    private static MetricsJson.Entry entry(Result result) {
        return new MetricsJson.Entry(
                result.metrics(), result.rivals(), result.rejected().map(Result.Rejected::figures));
    }
}
