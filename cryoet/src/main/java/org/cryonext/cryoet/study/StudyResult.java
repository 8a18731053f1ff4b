package org.cryonext.cryoet.study;

import java.nio.file.Path;
import java.util.List;
import org.cryonext.cryoet.report.ReportTable;

/**
 * What a study came to.
 *
 * @param report the page
 * @param tables all tables, as on the page
 */
public record StudyResult(Path report, List<ReportTable> tables) {

    /** Copies the list. */
    public StudyResult {
        tables = List.copyOf(tables);
    }
}
