package org.cryonext.cryoet.report;

import de.siegmar.fastcsv.writer.CsvWriter;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cryonext.cryoet.metrics.Prediction;
import org.cryonext.engine.io.AtomicFile;

/** Predictions as CSV (RFC 4180, UTF-8), a row per particle in the given order. */
public final class PredictionsCsv {
    private PredictionsCsv() {}

    /**
     * Columns {@code tomogram,x,y,z,true,predicted,probability,p_<class>...}; {@code true} is empty where it is unknown.
     *
     * @param classes names, in the order of the class ids
     */
    public static void writeEvaluation(Path file, List<String> classes, List<Prediction> predictions) {
        write(
                file,
                classes,
                predictions,
                List.of("true", "predicted"),
                p -> List.of(
                        p.truth() == Prediction.UNKNOWN ? "" : classes.get(p.truth()), classes.get(p.predicted())));
    }

    /**
     * Columns {@code tomogram,x,y,z,class,probability,p_<class>...}; the class is the predicted one.
     *
     * @param classes names, in the order of the class ids
     */
    public static void writeClassification(Path file, List<String> classes, List<Prediction> predictions) {
        write(file, classes, predictions, List.of("class"), p -> List.of(classes.get(p.predicted())));
    }

    private interface Columns {
        List<String> of(Prediction prediction);
    }

    private static void write(
            Path file, List<String> classes, List<Prediction> predictions, List<String> names, Columns columns) {
        AtomicFile.write(file, temporary -> {
            try (CsvWriter csv = CsvWriter.builder().build(temporary)) {
                List<String> row = new ArrayList<>(List.of("tomogram", "x", "y", "z"));
                row.addAll(names);
                row.add("probability");
                classes.forEach(name -> row.add("p_" + name));
                csv.writeRecord(row);
                for (Prediction p : predictions) {
                    row.clear();
                    row.addAll(List.of(p.tomogram(), number(p.x()), number(p.y()), number(p.z())));
                    row.addAll(columns.of(p));
                    row.add(Float.toString(p.probability()));
                    for (float probability : p.probabilities()) {
                        row.add(Float.toString(probability));
                    }
                    csv.writeRecord(row);
                }
            }
        });
    }

    /** Exact and without an exponent: 17 and not 17.0, as particle lists have it. */
    private static String number(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }
}
