package org.cryonext.models.recognize;

import java.util.ArrayList;
import java.util.List;
import org.cryonext.engine.io.InputException;
import org.cryonext.models.checkpoint.Preprocessing;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.onnx.OnnxFile;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the metadata of a file that {@code cryonext export} wrote says of classes and images. */
final class OnnxLabels {
    private static final String LABELS = "cryonext.labels";

    private OnnxLabels() {}

    /**
     * The configuration with the file's class names; as it is if the file has none.
     *
     * @throws InputException if there are more or fewer names than classes
     */
    static ConvNextConfig of(OnnxFile file, ConvNextConfig config) {
        String text = file.metadata().get(LABELS);
        if (text == null || !config.hasClassifier()) {
            return config;
        }
        List<String> labels = new ArrayList<>();
        for (JsonNode label : array(file, text)) {
            if (!label.isString()) {
                throw wrong(file, "has " + label + " among its class names");
            }
            labels.add(label.asString());
        }
        if (labels.size() != config.classes()) {
            throw wrong(file, "names " + labels.size() + " classes, but the classifier has " + config.classes());
        }
        return config.withLabels(labels);
    }

    private static JsonNode array(OnnxFile file, String text) {
        try {
            JsonNode root = JsonMapper.builder().build().readTree(text);
            if (root.isArray()) {
                return root;
            }
        } catch (JacksonException e) {
            throw new InputException(file.file() + ": its metadata " + LABELS + " is not valid JSON", e);
        }
        throw wrong(file, "is not a list");
    }

    private static InputException wrong(OnnxFile file, String what) {
        return new InputException(file.file() + ": its metadata " + LABELS + " " + what
                + ", expected a JSON list of a name for each class");
    }

    /** Whether the file says how its images are made. */
    static boolean hasPreprocessing(OnnxFile file) {
        return file.metadata().containsKey(Preprocessing.METADATA);
    }

    /**
     * How the file's images are made; the usual way if the file does not say.
     *
     * @param size edge of the images
     * @param channels of the images
     */
    static Preprocessing preprocessing(OnnxFile file, int size, int channels) {
        String text = file.metadata().get(Preprocessing.METADATA);
        return text == null ? Preprocessing.usual(size, channels) : Preprocessing.parse(file.file(), text);
    }
}
