package org.cryonext.models.checkpoint;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.op.Activation;
import org.cryonext.engine.tensor.DType;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.HeadInput;
import org.cryonext.models.convnext.Version;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A model's configuration as Hugging Face's {@code config.json}. */
public final class ConfigJson {
    /** Where a weight file that stands alone carries its configuration, among its metadata. */
    public static final String METADATA = "cryonext.config";

    private static final String FEATURES = "cryonext_features";
    private static final String IMAGES = "cryonext_images";
    private static final String PROFILE = "cryonext_profile";

    private static final List<Integer> DEFAULT_DEPTHS = List.of(3, 3, 9, 3);
    private static final List<Integer> DEFAULT_DIMS = List.of(96, 192, 384, 768);

    private ConfigJson() {}

    /**
     * Reads a configuration. What is absent has transformers' default, but for the classes.
     *
     * @param classes number of classes if the file names none (transformers does not write {@code num_labels})
     * @throws InputException if the file is no ConvNeXt configuration or asks for what CryoNeXt cannot do
     */
    public static ConvNextConfig read(Path file, int classes) {
        return read(JsonFile.read(file), classes);
    }

    static ConvNextConfig read(JsonFile json, int classes) {
        Version version = switch (json.string("model_type").orElse("")) {
            case "convnext" -> Version.V1;
            case "convnextv2" -> Version.V2;
            default ->
                throw json.unexpected(
                        "model_type",
                        json.get("model_type").<Object>map(n -> n).orElse("absent"),
                        "\"convnext\" or \"convnextv2\"");
        };
        require(json, "num_stages", json.integer("num_stages").orElse(ConvNextConfig.STAGES), ConvNextConfig.STAGES);
        try {
            return new ConvNextConfig(
                    version,
                    json.integers("depths").orElse(DEFAULT_DEPTHS),
                    json.integers("hidden_sizes").orElse(DEFAULT_DIMS),
                    json.integer("patch_size").orElse(4),
                    json.integer("num_channels").orElse(ConvNextConfig.COLOURS),
                    head(json),
                    labels(json, classes),
                    json.number("layer_norm_eps").orElse(ConvNextConfig.HUGGING_FACE_HEAD_EPSILON),
                    activation(json),
                    json.number("drop_path_rate").orElse(0.0),
                    // transformers leaves the layer scale out unless its initial value is above 0.
                    Math.max(0, json.number("layer_scale_init_value").orElse(1e-6)));
        } catch (InputException e) {
            throw e.getMessage().startsWith(json.file().toString())
                    ? e
                    : new InputException(json.file() + ": " + e.getMessage(), e);
        }
    }

    /** transformers keeps keys that it does not know, and heeds none of them. */
    private static HeadInput head(JsonFile json) {
        String features = json.string(FEATURES).orElse("image");
        return new HeadInput(
                switch (features) {
                    case "image" -> HeadInput.Features.IMAGE;
                    case "mean" -> HeadInput.Features.MEAN;
                    case "concat" -> HeadInput.Features.CONCAT;
                    default -> throw json.unexpected(FEATURES, features, "image, mean or concat");
                },
                json.integer(IMAGES).orElse(1),
                json.integer(PROFILE).orElse(0));
    }

    private static void require(JsonFile json, String key, int found, int expected) {
        if (found != expected) {
            throw json.unexpected(key, found, expected + "; CryoNeXt has no other");
        }
    }

    private static Activation activation(JsonFile json) {
        String name = json.string("hidden_act").orElse("gelu");
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "gelu", "gelu_python" -> Activation.GELU;
            case "gelu_new", "gelu_fast", "gelu_pytorch_tanh", "gelu_accurate", "gelu_python_tanh" ->
                Activation.GELU_TANH;
            default -> throw json.unexpected("hidden_act", name, "gelu, gelu_new or gelu_pytorch_tanh");
        };
    }

    /** Numbers may be left out, as in Hugging Face's models of 22,000 classes: then the names in the order of theirs. */
    private static List<String> labels(JsonFile json, int classes) {
        Optional<JsonNode> names = json.get("id2label");
        if (names.isEmpty()) {
            return ConvNextConfig.numbered(json.integer("num_labels").orElse(classes));
        }
        JsonNode map = names.orElseThrow();
        SortedMap<Integer, String> labels = ClassNamesJson.numbered(json, map);
        if (labels.size() != classes) {
            ClassNamesJson.requireAll(json, labels, classes);
        }
        return List.copyOf(labels.values());
    }

    /**
     * Writes a configuration that transformers' AutoModelForImageClassification reads, or AutoModel where there is no
     * classifier.
     *
     * @param imageSize edge of the images the model was trained on
     * @param weights element type of the weights beside it
     */
    public static void write(Path file, ConvNextConfig config, int imageSize, DType weights) {
        JsonFile.write(file, object(config, imageSize, weights));
    }

    /** What {@link #write} writes, as one line. */
    public static String text(ConvNextConfig config, int imageSize, DType weights) {
        return object(config, imageSize, weights).toString();
    }

    private static ObjectNode object(ConvNextConfig config, int imageSize, DType weights) {
        boolean first = config.version() == Version.V1;
        ObjectNode root = JsonFile.object();
        root.putArray("architectures")
                .add((first ? "ConvNext" : "ConvNextV2")
                        + (config.hasClassifier() ? "ForImageClassification" : "Model"));
        integers(root.putArray("depths"), config.depths());
        root.put("drop_path_rate", config.dropPathRate());
        if (!config.head().equals(HeadInput.IMAGE)) {
            root.put(FEATURES, config.head().features().name().toLowerCase(Locale.ROOT));
            root.put(IMAGES, config.head().images());
            root.put(PROFILE, config.head().profile());
        }
        root.put(
                "dtype",
                switch (weights) {
                    case F16 -> "float16";
                    case BF16 -> "bfloat16";
                    case F64 -> "float64";
                    default -> "float32";
                });
        root.put("hidden_act", config.activation() == Activation.GELU ? "gelu" : "gelu_pytorch_tanh");
        integers(root.putArray("hidden_sizes"), config.dims());
        ObjectNode names = root.putObject("id2label");
        for (int i = 0; i < config.classes(); i++) {
            names.put(String.valueOf(i), config.labels().get(i));
        }
        root.put("image_size", imageSize);
        root.put("initializer_range", 0.02);
        ObjectNode ids = root.putObject("label2id");
        for (int i = 0; i < config.classes(); i++) {
            ids.put(config.labels().get(i), i);
        }
        root.put("layer_norm_eps", config.headEpsilon());
        if (first) {
            root.put("layer_scale_init_value", config.layerScaleInit());
        }
        root.put("model_type", first ? "convnext" : "convnextv2");
        root.put("num_channels", config.channels());
        root.put("num_stages", ConvNextConfig.STAGES);
        root.put("patch_size", config.patchSize());
        return root;
    }

    private static void integers(ArrayNode array, List<Integer> values) {
        values.forEach(v -> array.add(v));
    }
}
