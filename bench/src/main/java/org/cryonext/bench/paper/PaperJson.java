package org.cryonext.bench.paper;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.cryonext.engine.io.AtomicFile;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** What is modelled, as a JSON file. */
public final class PaperJson {
    private PaperJson() {}

    /** Writes a step: the card with what is assumed of it, the model, and a row for each kernel and shape. */
    public static void write(Path file, PaperRoofline step) {
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("measured", false);
        content.put("card", step.card().peaks());
        content.put("copy_gigabytes", step.card().copyGigabytes());
        content.put("assumed", step.card().source());
        content.put("model", step.settings().name());
        content.put("mode", step.settings().mode().toString());
        content.put("precision", step.settings().precision().toString());
        content.put("batch", step.settings().batch());
        content.put("microseconds", step.microseconds());
        content.put("images_per_second", step.imagesPerSecond());
        content.put("rows", step.rows());
        JsonMapper mapper =
                JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        AtomicFile.write(file, temporary -> Files.write(temporary, mapper.writeValueAsBytes(content)));
    }
}
