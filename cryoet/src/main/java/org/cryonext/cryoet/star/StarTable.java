package org.cryonext.cryoet.star;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * A table ({@code loop_}) of a STAR block. All values are kept as text, so that numbers are written back as they came.
 *
 * @param columns names without the leading underscore
 * @param rows one value a column
 * @param lines the 1-based line of each row in its file; 0 for rows that come from elsewhere
 */
public record StarTable(List<String> columns, List<List<String>> rows, List<Integer> lines) implements StarSection {
    public StarTable {
        if (rows.size() != lines.size()) {
            throw new IllegalArgumentException(rows.size() + " rows with " + lines.size() + " line numbers");
        }
    }

    /** A table that comes from no file. */
    public static StarTable of(List<String> columns, List<List<String>> rows) {
        return new StarTable(columns, rows, Collections.nCopies(rows.size(), 0));
    }

    /** Position of the column, or -1. */
    public int column(String name) {
        return columns.indexOf(name);
    }

    /** Whether all of the columns are there. */
    public boolean has(String... names) {
        return columns.containsAll(List.of(names));
    }

    /** The value in row {@code row} of the column, which must be there. */
    public String get(int row, String name) {
        return rows.get(row).get(column(name));
    }

    /** The table with one more column, or with other values in it where it is there already. */
    public StarTable withColumn(String name, List<String> values) {
        if (values.size() != rows.size()) {
            throw new IllegalArgumentException(values.size() + " values for " + rows.size() + " rows");
        }
        int at = column(name);
        List<String> names = new ArrayList<>(columns);
        if (at < 0) {
            names.add(name);
        }
        List<List<String>> wider = new ArrayList<>(rows.size());
        for (int i = 0; i < rows.size(); i++) {
            List<String> row = new ArrayList<>(rows.get(i));
            if (at < 0) {
                row.add(values.get(i));
            } else {
                row.set(at, values.get(i));
            }
            wider.add(row);
        }
        return new StarTable(names, wider, lines);
    }

    /** The table without a column, which need not be there. */
    public StarTable withoutColumn(String name) {
        int at = column(name);
        return at < 0
                ? this
                : new StarTable(
                        without(columns, at),
                        rows.stream().map(row -> without(row, at)).toList(),
                        lines);
    }

    private static List<String> without(List<String> values, int at) {
        List<String> left = new ArrayList<>(values);
        left.remove(at);
        return left;
    }

    /** The table with only those rows whose index the test accepts. */
    public StarTable filter(IntPredicate keep) {
        int[] kept = IntStream.range(0, rows.size()).filter(keep).toArray();
        return new StarTable(
                columns,
                IntStream.of(kept).mapToObj(rows::get).toList(),
                IntStream.of(kept).mapToObj(lines::get).toList());
    }
}
