package org.cryonext.cryoet.score;

import java.nio.file.Files;
import java.nio.file.Path;
import org.cryonext.cryoet.metrics.ClassMetrics;
import org.cryonext.engine.io.AtomicFile;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A score as JSON, for programs. */
public final class ScoreJson {
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private ScoreJson() {}

    /** @throws org.cryonext.engine.io.InputException where the file cannot be written */
    public static void write(Path file, ShrecScore score) {
        ObjectNode root = MAPPER.createObjectNode()
                .put("contest", "SHREC " + score.contest())
                .put("z_from", score.frame().origin());
        ObjectNode locating = root.putObject("locating")
                .put("predicted", score.predicted())
                .put("particles", score.particles())
                .put("found", score.found())
                .put("not_found", score.missed())
                .put("hit_nothing", score.background())
                .put("hit_more_than_once", score.several())
                .put("outside_the_tomogram", score.clipped())
                .put("recall", score.recall())
                .put("precision", score.precision())
                .put("miss_rate", score.missRate())
                .put("f1", score.f1());
        if (score.uncounted() > 0) {
            locating.put("vesicles_that_never_count", score.uncounted());
        }
        if (!Double.isNaN(score.meanDistance())) {
            locating.put("mean_distance", score.meanDistance());
        }
        ObjectNode classifying = root.putObject("classifying").put("f1_macro", score.macroF1());
        ObjectNode perClass = classifying.putObject("per_class");
        for (ClassMetrics c : score.perClass()) {
            perClass.putObject(c.name())
                    .put("precision", c.precision())
                    .put("recall", c.recall())
                    .put("f1", c.f1().value())
                    .put("support", c.support());
        }
        ObjectNode confusion = classifying.putObject("confusion");
        ArrayNode classes = confusion.putArray("classes");
        score.confusion().classes().forEach(classes::add);
        ArrayNode counts = confusion.putArray("counts");
        for (long[] row : score.confusion().counts()) {
            ArrayNode cells = counts.addArray();
            for (long count : row) {
                cells.add(count);
            }
        }
        AtomicFile.write(file, temporary -> Files.writeString(temporary, MAPPER.writeValueAsString(root) + "\n"));
    }
}
