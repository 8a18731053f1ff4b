package org.cryonext.cryoet.robustness;

import de.siegmar.fastcsv.writer.CsvWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.cryonext.cryoet.metrics.Estimate;
import org.cryonext.cryoet.report.Curve;
import org.cryonext.cryoet.report.CurveChart;
import org.cryonext.cryoet.report.CurvesPage;
import org.cryonext.cryoet.report.ReportTable;
import org.cryonext.engine.io.AtomicFile;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes what came of a study: {@code robustness.json}, {@code robustness.csv} and, last, {@code robustness.html}. */
final class RobustnessFiles {
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private static final List<String> HEAD = List.of(
            "against",
            "value",
            "as_trained",
            "particles",
            "f1_macro",
            "f1_macro_low",
            "f1_macro_high",
            "size_alone",
            "size_alone_low",
            "size_alone_high",
            "difference",
            "difference_low",
            "difference_high");

    private static final String READING =
            "Macro F1 on the same simulated particles throughout, which are none of the training data's as far as that can be"
                    + " checked, with one thing changed at a time. The dashed line marks the condition of the training data. The bands are 95 %"
                    + " bootstrap intervals by particle: where those of two lines do not overlap, the difference is more"
                    + " than the choice of particles. The numbers have the difference with a paired interval of its own.";

    private RobustnessFiles() {}

    static void write(RobustnessFolder folder, RobustnessResult result) {
        writeJson(folder.json(), result);
        writeCsv(folder.csv(), result);
        new CurvesPage(
                        "Robustness of " + result.run(),
                        READING,
                        result.notes(),
                        result.metadata(),
                        result.lines().stream().map(RobustnessFiles::chart).toList(),
                        List.of(
                                folder.json().getFileName().toString(),
                                folder.csv().getFileName().toString()))
                .write(folder.page());
    }

    private static void writeJson(Path file, RobustnessResult result) {
        ObjectNode root = MAPPER.createObjectNode().put("run", result.run());
        ObjectNode metadata = root.putObject("measured");
        result.metadata().forEach(metadata::put);
        ArrayNode notes = root.putArray("notes");
        result.notes().forEach(notes::add);
        ObjectNode against = root.putObject("against");
        for (RobustnessResult.Line line : result.lines()) {
            ArrayNode points = against.putArray(word(line.factor()));
            line.points().forEach(point -> points.add(json(point)));
        }
        AtomicFile.write(file, temporary -> Files.writeString(temporary, MAPPER.writeValueAsString(root) + "\n"));
    }

    private static ObjectNode json(RobustnessResult.Point point) {
        Measured measured = point.measured();
        ObjectNode node = MAPPER.createObjectNode()
                .put("value", point.condition().value())
                .put("as_trained", point.condition().isNominal())
                .put("particles", measured.particles());
        put(node, "f1_macro", measured.f1());
        put(node, "f1_macro_by_tomogram", measured.f1ByTomogram());
        put(node, "accuracy", measured.accuracy());
        ObjectNode perClass = node.putObject("f1_per_class");
        measured.f1PerClass().forEach(perClass::put);
        Measured.Beside beside = measured.sizeAlone();
        if (beside != null) {
            ObjectNode own = node.putObject("size_alone");
            put(own, "f1_macro", beside.f1());
            put(own, "accuracy", beside.accuracy());
            put(own, "network_less_this", beside.networkLess());
            put(own, "network_less_this_by_tomogram", beside.networkLessByTomogram());
        }
        return node;
    }

    /** Nothing for what is not known. */
    private static void put(ObjectNode node, String name, Estimate estimate) {
        if (estimate != null) {
            node.putObject(name)
                    .put("value", estimate.value())
                    .put("low", estimate.low())
                    .put("high", estimate.high());
        }
    }

    private static void writeCsv(Path file, RobustnessResult result) {
        AtomicFile.write(file, temporary -> {
            try (CsvWriter csv = CsvWriter.builder().build(temporary)) {
                csv.writeRecord(HEAD);
                for (RobustnessResult.Line line : result.lines()) {
                    for (RobustnessResult.Point point : line.points()) {
                        csv.writeRecord(row(line.factor(), point));
                    }
                }
            }
        });
    }

    private static List<String> row(Factor factor, RobustnessResult.Point point) {
        Measured measured = point.measured();
        Measured.Beside beside = measured.sizeAlone();
        List<String> row = new ArrayList<>(List.of(
                word(factor),
                point.condition().valueText(),
                Boolean.toString(point.condition().isNominal()),
                Integer.toString(measured.particles())));
        row.addAll(cells(measured.f1()));
        row.addAll(cells(beside == null ? null : beside.f1()));
        row.addAll(cells(beside == null ? null : beside.networkLess()));
        return row;
    }

    private static List<String> cells(Estimate estimate) {
        return estimate == null
                ? List.of("", "", "")
                : List.of(
                        Double.toString(estimate.value()),
                        Double.toString(estimate.low()),
                        Double.toString(estimate.high()));
    }

    private static CurveChart chart(RobustnessResult.Line line) {
        List<RobustnessResult.Point> points = line.points();
        int marked = 0;
        while (!points.get(marked).condition().isNominal()) {
            marked++;
        }
        List<Curve> curves = new ArrayList<>();
        curves.add(new Curve(
                "The network",
                points.stream().map(point -> point.measured().f1()).toList()));
        if (line.hasSizeAlone()) {
            curves.add(new Curve(
                    "Size alone",
                    points.stream()
                            .map(point -> point.measured().sizeAlone().f1())
                            .toList()));
        }
        Factor factor = line.factor();
        return new CurveChart(
                word(factor),
                factor.title(),
                capital(factor.axis()),
                points.stream().map(point -> point.condition().valueText()).toList(),
                marked,
                "Macro F1",
                curves,
                factor.reading() + " " + found(line, points.get(marked)),
                table(line));
    }

    /** What the curve comes to. */
    private static String found(RobustnessResult.Line line, RobustnessResult.Point nominal) {
        Comparator<RobustnessResult.Point> byF1 =
                Comparator.comparingDouble(point -> point.measured().f1().value());
        RobustnessResult.Point lowest = line.points().stream().min(byF1).orElseThrow();
        RobustnessResult.Point highest = line.points().stream().max(byF1).orElseThrow();
        return String.format(
                Locale.ROOT,
                "The network's macro F1 is %.3f as trained (%s), highest at %s (%.3f) and lowest at %s (%.3f).",
                nominal.measured().f1().value(),
                nominal.condition().valueText(),
                highest.condition().valueText(),
                highest.measured().f1().value(),
                lowest.condition().valueText(),
                lowest.measured().f1().value());
    }

    private static ReportTable table(RobustnessResult.Line line) {
        boolean beside = line.hasSizeAlone();
        List<String> head = new ArrayList<>(List.of(capital(line.factor().axis()), "The network"));
        if (beside) {
            head.addAll(List.of("Size alone", "Difference"));
        }
        List<List<String>> rows = new ArrayList<>();
        for (RobustnessResult.Point point : line.points()) {
            List<String> row = new ArrayList<>();
            row.add(point.condition().valueText() + (point.condition().isNominal() ? " (as trained)" : ""));
            row.add(RobustnessTable.interval(point.measured().f1()));
            if (beside) {
                row.add(RobustnessTable.interval(point.measured().sizeAlone().f1()));
                row.add(RobustnessTable.signed(point.measured().sizeAlone().networkLess()));
            }
            rows.add(row);
        }
        String note = "Macro F1 with 95 % intervals by particle."
                + (beside ? " The differences are the network's less size alone's, with paired intervals." : "");
        return new ReportTable(word(line.factor()), line.factor().title(), note, head, rows);
    }

    private static String word(Factor factor) {
        return factor.name().toLowerCase(Locale.ROOT);
    }

    private static String capital(String words) {
        return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
    }
}
