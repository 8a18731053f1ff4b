package org.cryonext.cryoet.export;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.checkpoint.ConfigJson;
import org.cryonext.models.checkpoint.Preprocessing;
import tools.jackson.databind.json.JsonMapper;

/** What an exported file says of its network beside the weights: strings by name, most of them JSON. */
final class Metadata {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private Metadata() {}

    /** Of an ONNX file. */
    static Map<String, String> onnx(ExportSource source, ExportSettings settings) {
        Map<String, String> metadata = of(source);
        metadata.put("cryonext.input", settings.preprocess() ? "slices" : "images");
        if (ParticleGraph.isFused(source, settings)) {
            metadata.put("cryonext.fusion", fusion(source));
        }
        return metadata;
    }

    /** Of a safetensors file. */
    static Map<String, String> safetensors(ExportSource source, ExportSettings settings) {
        Checkpoint checkpoint = source.checkpoint();
        Map<String, String> metadata = of(source);
        // transformers refuses files that do not say which framework wrote them.
        metadata.put("format", "pt");
        metadata.put(ConfigJson.METADATA, ConfigJson.text(checkpoint.config(), source.imageSize(), settings.floats()));
        if (source.input().isPresent()) {
            metadata.put("cryonext.fusion", fusion(source));
        }
        return metadata;
    }

    private static Map<String, String> of(ExportSource source) {
        Checkpoint checkpoint = source.checkpoint();
        Preprocessing preprocessing = checkpoint.preprocessing();
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put(
                "cryonext.labels", JSON.writeValueAsString(checkpoint.config().labels()));
        metadata.put(Preprocessing.METADATA, preprocessing.text());
        source.input().ifPresent(input -> metadata.put("cryonext.views", JSON.writeValueAsString(input.views())));
        return metadata;
    }

    private static String fusion(ExportSource source) {
        return source.input().orElseThrow().fusion().name().toLowerCase(Locale.ROOT);
    }
}
