package org.cryonext.models.compare;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.cryonext.engine.io.AtomicFile;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The result of a comparison.
 *
 * @param model the checkpoint
 * @param reference the reference file
 * @param device what ran the model
 * @param report how the checkpoint was read, a sentence each
 * @param rows one for each tensor that was compared, in the order forward, loss, gradients, AdamW
 * @param notCompared names of the other tensors in the reference file
 */
public record Comparison(
        Path model, Path reference, String device, List<String> report, List<Row> rows, List<String> notCompared) {

    /** Whether every row passed. */
    public boolean passed() {
        return rows.stream().allMatch(Row::passed);
    }

    /** Writes everything as JSON: model, reference, device, passed, rows and not_compared; numbers that are none as null. */
    public void writeJson(Path file) {
        JsonMapper mapper = JsonMapper.builder().build();
        ObjectNode root = mapper.createObjectNode();
        root.put("model", model.toString());
        root.put("reference", reference.toString());
        root.put("device", device);
        root.put("passed", passed());
        ArrayNode list = root.putArray("rows");
        for (Row row : rows) {
            ObjectNode node = list.addObject();
            node.put("tensor", row.tensor());
            LongStream.of(row.shape().toArray()).forEach(node.putArray("shape")::add);
            node.put("max_abs", finite(row.maxAbsolute()));
            node.put("relative", finite(row.relative()));
            node.put("passed", row.passed());
            node.put("note", row.note());
        }
        notCompared.forEach(root.putArray("not_compared")::add);
        String text = mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
        AtomicFile.write(file, temporary -> Files.writeString(temporary, text, StandardCharsets.UTF_8));
    }

    /** JSON has no NaN and no infinity. */
    private static Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }
}
