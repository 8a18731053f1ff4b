package org.cryonext.cryoet.report;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.cryonext.engine.io.AtomicFile;

/**
 * A page of charts, each with a sentence how to read it and a table of its numbers; it needs no other file.
 *
 * @param title heading of the page
 * @param reading how to read all of them
 * @param notes sentences that must be read with the charts
 * @param metadata what was measured, by name
 * @param charts in their order
 * @param files that lie beside the page
 */
public record CurvesPage(
        String title,
        String reading,
        List<String> notes,
        SequencedMap<String, String> metadata,
        List<CurveChart> charts,
        List<String> files) {

    /** Copies the lists. */
    public CurvesPage {
        notes = List.copyOf(notes);
        charts = List.copyOf(charts);
        files = List.copyOf(files);
    }

    /**
     * Writes the page; it appears whole or not at all.
     *
     * @throws org.cryonext.engine.io.InputException if it cannot be written
     */
    public void write(Path file) {
        String page = PageTemplate.read("curves.mustache").execute(model());
        AtomicFile.write(file, temporary -> Files.writeString(temporary, page));
    }

    private Map<String, Object> model() {
        boolean fonts = Figures.fontsFound();
        List<String> said = new ArrayList<>(notes);
        if (!fonts) {
            said.add(Report.NO_FONTS);
        }
        Map<String, Object> model = new HashMap<>();
        model.put("title", title);
        model.put("reading", reading);
        model.put("warnings", said);
        model.put("metadata", ReportPage.pairs(metadata));
        model.put("files", files);
        model.put("charts", charts.stream().map(chart -> chart(chart, fonts)).toList());
        return model;
    }

    private static Map<String, Object> chart(CurveChart chart, boolean fonts) {
        Figure figure = fonts
                ? Figures.figure(
                        chart.id(),
                        chart.measure() + " against " + chart.axis() + "; the table has the numbers.",
                        charts -> charts.curves(chart),
                        new Charts(Palette.LIGHT, List.of()),
                        new Charts(Palette.DARK, List.of()))
                : null;
        return Map.of(
                "id", chart.id(),
                "title", chart.title(),
                "reading", chart.reading(),
                "figure", ReportPage.figure(figure),
                "table", ReportPage.table(chart.table()));
    }
}
