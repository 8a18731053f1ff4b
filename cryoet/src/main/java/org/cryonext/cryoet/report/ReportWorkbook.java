package org.cryonext.cryoet.report;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.cryonext.cryoet.metrics.ClassMetrics;
import org.cryonext.cryoet.metrics.ConfusionMatrix;
import org.cryonext.cryoet.metrics.Estimate;
import org.cryonext.cryoet.metrics.Metrics;
import org.cryonext.cryoet.metrics.Rival;
import org.cryonext.engine.io.AtomicFile;
import org.dhatim.fastexcel.Workbook;
import org.dhatim.fastexcel.Worksheet;

/**
 * The classification report as an Excel workbook: for every result a sheet with the figures per class, their macro and
 * weighted averages and the accuracy with intervals, and a sheet with the confusion matrix.
 */
final class ReportWorkbook {
    private static final String FIGURE = "0.0000";
    private static final String HEAD = "DCE6F1";

    private ReportWorkbook() {}

    static void write(Path file, ReportInput input) {
        List<Result> results = input.results();
        AtomicFile.write(file, temporary -> {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(temporary));
                    Workbook workbook = new Workbook(out, "CryoNeXt", "1.0")) {
                for (int i = 0; i < results.size(); i++) {
                    String suffix = results.size() == 1
                            ? ""
                            : sheetSuffix(results.get(i).name(), i);
                    report(
                            workbook.newWorksheet("Report" + suffix),
                            results.get(i).metrics());
                    confusion(
                            workbook.newWorksheet("Confusion" + suffix),
                            results.get(i).metrics().confusion());
                    if (!results.get(i).rivals().isEmpty()) {
                        beside(workbook.newWorksheet("Beside" + suffix), results.get(i));
                    }
                }
                for (ReportTable table : input.tables()) {
                    table(workbook.newWorksheet(table.id()), table);
                }
            }
        });
    }

    private static void report(Worksheet sheet, Metrics metrics) throws IOException {
        head(sheet, 0, "Class", "Precision", "Recall", "F1", "Support", "F1 low (95 %)", "F1 high (95 %)");
        int row = 1;
        for (ClassMetrics c : metrics.perClass()) {
            figures(sheet, row, c.name(), c.precision(), c.recall(), c.f1().value(), c.support());
            number(sheet, row, 5, c.f1().low());
            number(sheet, row, 6, c.f1().high());
            row++;
        }
        long total = metrics.confusion().total();
        row++;
        figures(
                sheet,
                row,
                "Macro average",
                metrics.precision().value(),
                metrics.recall().value(),
                metrics.f1().value(),
                total);
        figures(
                sheet,
                row + 1,
                "Weighted average",
                metrics.weighted(ClassMetrics::precision),
                metrics.weighted(ClassMetrics::recall),
                metrics.weighted(c -> c.f1().value()),
                total);
        row += 3;
        head(sheet, row, "Figure", "Value", "Low (95 %)", "High (95 %)");
        estimate(sheet, row + 1, "Accuracy", metrics.accuracy());
        estimate(sheet, row + 2, "Precision, macro", metrics.precision());
        estimate(sheet, row + 3, "Recall, macro", metrics.recall());
        estimate(sheet, row + 4, "F1, macro", metrics.f1());
        sheet.width(0, 20);
        for (int column = 1; column <= 6; column++) {
            sheet.width(column, 14);
        }
        sheet.freezePane(1, 1);
        sheet.finish();
    }

    private static void confusion(Worksheet sheet, ConfusionMatrix confusion) throws IOException {
        int classes = confusion.size();
        sheet.value(0, 0, "True class (rows), predicted class (columns)");
        sheet.style(0, 0).bold().set();
        sheet.value(1, 0, "Class");
        sheet.value(1, classes + 1, "Support");
        for (int k = 0; k < classes; k++) {
            sheet.value(1, k + 1, confusion.classes().get(k));
            sheet.value(k + 2, 0, confusion.classes().get(k));
            for (int p = 0; p < classes; p++) {
                sheet.value(k + 2, p + 1, confusion.counts()[k][p]);
                // The same shading as the page's heat map: the share of the true class.
                if (confusion.counts()[k][p] > 0) {
                    sheet.style(k + 2, p + 1)
                            .fillColor(shade(confusion.share(k, p)))
                            .set();
                }
            }
            sheet.value(k + 2, classes + 1, confusion.support(k));
        }
        sheet.range(1, 0, 1, classes + 1).style().bold().fillColor(HEAD).set();
        sheet.range(2, 0, classes + 1, 0).style().bold().set();
        sheet.width(0, 20);
        sheet.freezePane(1, 2);
        sheet.finish();
    }

    private static void table(Worksheet sheet, ReportTable table) throws IOException {
        sheet.value(0, 0, table.title());
        sheet.style(0, 0).bold().set();
        sheet.value(1, 0, table.note());
        head(sheet, 2, table.head().toArray(String[]::new));
        for (int row = 0; row < table.rows().size(); row++) {
            for (int column = 0; column < table.head().size(); column++) {
                String text = table.rows().get(row).get(column);
                if (text.matches("[-+]?[0-9]+(\\.[0-9]+)?")) {
                    sheet.value(row + 3, column, Double.parseDouble(text));
                } else {
                    sheet.value(row + 3, column, text);
                }
            }
        }
        sheet.width(0, 24);
        for (int column = 1; column < table.head().size(); column++) {
            sheet.width(column, 16);
        }
        sheet.finish();
    }

    private static void beside(Worksheet sheet, Result result) throws IOException {
        head(
                sheet,
                0,
                "Classifier",
                "F1, macro",
                "Low (95 %)",
                "High (95 %)",
                "Accuracy",
                "Network less this, F1",
                "Low (95 %)",
                "High (95 %)",
                "Only network right",
                "Only this right",
                "McNemar p");
        beside(sheet, 1, "the network", result.metrics());
        int row = 2;
        for (Rival rival : result.rivals()) {
            beside(sheet, row, rival.name(), rival.metrics());
            number(sheet, row, 5, rival.difference().f1().value());
            number(sheet, row, 6, rival.difference().f1().low());
            number(sheet, row, 7, rival.difference().f1().high());
            sheet.value(row, 8, rival.difference().test().onlyFirst());
            sheet.value(row, 9, rival.difference().test().onlySecond());
            sheet.value(row, 10, rival.difference().test().p());
            row++;
        }
        for (Rival rival : result.rivals()) {
            sheet.value(++row, 0, rival.verdict());
        }
        sheet.width(0, 24);
        for (int column = 1; column <= 10; column++) {
            sheet.width(column, 14);
        }
        sheet.finish();
    }

    private static void beside(Worksheet sheet, int row, String name, Metrics metrics) {
        sheet.value(row, 0, name);
        number(sheet, row, 1, metrics.f1().value());
        number(sheet, row, 2, metrics.f1().low());
        number(sheet, row, 3, metrics.f1().high());
        number(sheet, row, 4, metrics.accuracy().value());
    }

    private static void head(Worksheet sheet, int row, String... names) {
        for (int column = 0; column < names.length; column++) {
            sheet.value(row, column, names[column]);
        }
        sheet.range(row, 0, row, names.length - 1)
                .style()
                .bold()
                .fillColor(HEAD)
                .set();
    }

    private static void figures(
            Worksheet sheet, int row, String name, double precision, double recall, double f1, long support) {
        sheet.value(row, 0, name);
        number(sheet, row, 1, precision);
        number(sheet, row, 2, recall);
        number(sheet, row, 3, f1);
        sheet.value(row, 4, support);
    }

    private static void estimate(Worksheet sheet, int row, String name, Estimate estimate) {
        sheet.value(row, 0, name);
        number(sheet, row, 1, estimate.value());
        number(sheet, row, 2, estimate.low());
        number(sheet, row, 3, estimate.high());
    }

    private static void number(Worksheet sheet, int row, int column, double value) {
        sheet.value(row, column, value);
        sheet.style(row, column).format(FIGURE).set();
    }

    /** White to blue, as RRGGBB. */
    private static String shade(double share) {
        return "%02X%02X%02X".formatted(mix(share, 0x56), mix(share, 0xb4), mix(share, 0xe9));
    }

    private static int mix(double share, int full) {
        return (int) Math.round(255 + share * (full - 255));
    }

    /** Excel allows 31 characters in a sheet's name and none of []:*?/\ ; the number keeps cut names apart. */
    private static String sheetSuffix(String name, int index) {
        String clean = name.replaceAll("[\\[\\]:*?/\\\\']", "_");
        return " " + (index + 1) + " " + clean.substring(0, Math.min(clean.length(), 31 - "Confusion 10 ".length()));
    }
}
