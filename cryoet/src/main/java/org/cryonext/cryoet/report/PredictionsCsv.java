package org.cryonext.cryoet.report;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import de.siegmar.fastcsv.writer.CsvWriter;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.cryonext.cryoet.metrics.Prediction;
import org.cryonext.cryoet.metrics.Rejection;
import org.cryonext.engine.io.AtomicFile;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;

/** Predictions as CSV (RFC 4180, UTF-8), a row per particle in the given order. */
public final class PredictionsCsv {
    private static final List<String> PLACE = List.of("tomogram", "x", "y", "z");

    /** Column that names a particle's extracted subtomogram, whose place says little. */
    public static final String IMAGE = "image";

    private PredictionsCsv() {}

    /**
     * Columns {@code tomogram,x,y,z,true,predicted,probability,p_<class>...}; {@code true} is empty where it is unknown.
     *
     * @param classes names, in the order of the class ids
     */
    public static void writeEvaluation(Path file, List<String> classes, List<Prediction> predictions) {
        writeEvaluation(file, classes, predictions, new LinkedHashMap<>());
    }

    /**
     * As {@link #writeEvaluation(Path, List, List)}, with further columns before the probability.
     *
     * @param more a value a prediction, by the columns' names
     */
    public static void writeEvaluation(
            Path file, List<String> classes, List<Prediction> predictions, SequencedMap<String, List<String>> more) {
        write(
                file,
                classes,
                predictions,
                List.of("true", "predicted"),
                more,
                p -> List.of(
                        p.truth() == Prediction.UNKNOWN ? "" : classes.get(p.truth()), classes.get(p.predicted())));
    }

    /**
     * Columns {@code tomogram,x,y,z,class,probability,p_<class>...}; the class is the predicted one.
     *
     * @param classes names, in the order of the class ids
     */
    public static void writeClassification(Path file, List<String> classes, List<Prediction> predictions) {
        writeClassification(file, classes, predictions, new LinkedHashMap<>());
    }

    /**
     * As {@link #writeClassification(Path, List, List)}, with further columns between the class and its probability.
     *
     * @param more a value a prediction, by the columns' names
     */
    public static void writeClassification(
            Path file, List<String> classes, List<Prediction> predictions, SequencedMap<String, List<String>> more) {
        write(file, classes, predictions, List.of("class"), more, p -> List.of(classes.get(p.predicted())));
    }

    /** Further columns for {@code --reject}: each particle's energy, and whether it gets no answer. */
    public static SequencedMap<String, List<String>> columns(Rejection rejection) {
        SequencedMap<String, List<String>> columns = new LinkedHashMap<>();
        columns.put("energy", rejection.energyColumn());
        columns.put("rejected", rejection.column());
        return columns;
    }

    /**
     * Reads what {@link #writeEvaluation} wrote about the same particles.
     *
     * @param classes names, in the order of the class ids
     * @param particles gives each particle's line and true class, which the table does not hold
     * @return in the order of {@code particles}
     * @throws InputException where the file is missing, is no such table, or is of other particles
     */
    public static List<Prediction> readEvaluation(Path file, List<String> classes, List<Prediction> particles) {
        InputFile.require(file, "the predictions.csv of an evaluation");
        Map<List<String>, NamedCsvRecord> rows = new HashMap<>();
        try (CsvReader<NamedCsvRecord> csv = CsvReader.builder().ofNamedCsvRecord(file)) {
            for (NamedCsvRecord row : csv) {
                rows.put(PLACE.stream().map(name -> field(file, row, name)).toList(), row);
            }
        } catch (CsvParseException e) {
            throw new InputException(file + ": " + e.getMessage() + "; evaluate again", e);
        } catch (IOException e) {
            throw InputFile.unreadable(file, "the predictions.csv of an evaluation", e);
        }
        List<Prediction> predictions = new ArrayList<>(particles.size());
        for (Prediction p : particles) {
            NamedCsvRecord row = rows.remove(List.of(p.tomogram(), number(p.x()), number(p.y()), number(p.z())));
            if (row == null) {
                throw new InputException(file + ": the particle at line " + p.line() + " of " + p.tomogram()
                        + " is not in it; evaluate both models on the same tomograms with the same --borders");
            }
            float[] probabilities = new float[classes.size()];
            for (int k = 0; k < probabilities.length; k++) {
                probabilities[k] = probability(file, row, "p_" + classes.get(k));
            }
            int predicted = classes.indexOf(field(file, row, "predicted"));
            if (predicted < 0) {
                throw new InputException(file + " line " + row.getStartingLineNumber() + ": unknown class \""
                        + field(file, row, "predicted") + "\"; the classes are " + String.join(", ", classes));
            }
            predictions.add(
                    new Prediction(p.tomogram(), p.x(), p.y(), p.z(), p.line(), p.truth(), predicted, probabilities));
        }
        if (!rows.isEmpty()) {
            throw new InputException(file + ": it has " + rows.size()
                    + (rows.size() == 1 ? " particle that was" : " particles that were")
                    + " not evaluated now; evaluate"
                    + " both models on the same tomograms with the same --borders");
        }
        return predictions;
    }

    private static String field(Path file, NamedCsvRecord row, String name) {
        return row.findField(name)
                .orElseThrow(() -> new InputException(file + ": no column \"" + name
                        + "\"; give the predictions.csv of an evaluation of the same classes"));
    }

    private static float probability(Path file, NamedCsvRecord row, String name) {
        String text = field(file, row, name);
        try {
            return Float.parseFloat(text);
        } catch (NumberFormatException e) {
            throw new InputException(
                    file + " line " + row.getStartingLineNumber() + ": " + name + " is \"" + text
                            + "\", a number was expected",
                    e);
        }
    }

    private interface Columns {
        List<String> of(Prediction prediction);
    }

    private static void write(
            Path file,
            List<String> classes,
            List<Prediction> predictions,
            List<String> names,
            SequencedMap<String, List<String>> more,
            Columns columns) {
        AtomicFile.write(file, temporary -> {
            try (CsvWriter csv = CsvWriter.builder().build(temporary)) {
                List<String> row = new ArrayList<>(List.of("tomogram", "x", "y", "z"));
                row.addAll(names);
                row.addAll(more.keySet());
                row.add("probability");
                classes.forEach(name -> row.add("p_" + name));
                csv.writeRecord(row);
                for (int i = 0; i < predictions.size(); i++) {
                    Prediction p = predictions.get(i);
                    row.clear();
                    row.addAll(List.of(p.tomogram(), number(p.x()), number(p.y()), number(p.z())));
                    row.addAll(columns.of(p));
                    for (List<String> column : more.values()) {
                        row.add(column.get(i));
                    }
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
    static String number(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }
}
