package org.cryonext.cryoet.report;

import de.siegmar.fastcsv.writer.CsvWriter;
import java.nio.file.Path;
import java.util.List;
import org.cryonext.engine.io.AtomicFile;

/**
 * A table of a report: on the page, as a sheet of the workbook and as {@code tables/<id>.csv}.
 *
 * @param id name for files and sheets: letters, digits and {@code . _ -}, at most 31
 * @param title heading
 * @param note what it shows, in a sentence
 * @param head names of the columns, at least one
 * @param rows as many cells each as there are columns; the first one names the row
 */
public record ReportTable(String id, String title, String note, List<String> head, List<List<String>> rows) {

    /** @throws IllegalArgumentException where {@code id} cannot be a name, or a row has another number of cells */
    public ReportTable {
        Result.requireFileName(id);
        head = List.copyOf(head);
        rows = rows.stream().map(List::copyOf).toList();
        for (List<String> row : rows) {
            if (row.size() != head.size()) {
                throw new IllegalArgumentException("a row of " + row.size() + " cells for " + head.size() + " columns");
            }
        }
    }

    /** The same under another heading. */
    public ReportTable titled(String other) {
        return new ReportTable(id, other, note, head, rows);
    }

    /** Writes the table as CSV. */
    void write(Path file) {
        AtomicFile.write(file, temporary -> {
            try (CsvWriter csv = CsvWriter.builder().build(temporary)) {
                csv.writeRecord(head);
                rows.forEach(csv::writeRecord);
            }
        });
    }
}
