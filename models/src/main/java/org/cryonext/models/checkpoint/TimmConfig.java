package org.cryonext.models.checkpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.cryonext.engine.op.Activation;
import org.cryonext.models.convnext.ConvNextConfig;
import tools.jackson.databind.JsonNode;

/**
 * timm's {@code config.json}: it names the architecture, which the tensors show better, and tells the preprocessing and,
 * for some models, class names. Source: timm/models/_hub.py.
 *
 * @param json the file
 */
record TimmConfig(JsonFile json) {
    /** What the tensors show themselves, what matters in training only, and what {@link #complete} reads. */
    private static final Set<String> KNOWN_ARGUMENTS = Set.of(
            "act_layer",
            "conv_bias",
            "conv_mlp",
            "depths",
            "dims",
            "drop_path_rate",
            "drop_rate",
            "global_pool",
            "in_chans",
            "ls_init_value",
            "norm_eps",
            "num_classes",
            "patch_size",
            "use_grn");

    /** Whether a configuration is of timm. */
    static boolean is(JsonFile json) {
        return json.get("model_type").isEmpty() && json.get("architecture").isPresent();
    }

    /**
     * What the tensors show, with what they cannot show.
     *
     * @throws org.cryonext.engine.io.InputException if the file asks for what CryoNeXt cannot do
     */
    ConvNextConfig complete(ConvNextConfig shown) {
        Activation activation = switch (argument("act_layer").orElse("gelu")) {
            case "gelu" -> Activation.GELU;
            case "gelu_tanh" -> Activation.GELU_TANH;
            default ->
                throw json.unexpected(
                        "model_args.act_layer", argument("act_layer").orElseThrow(), "gelu or gelu_tanh");
        };
        requireSameNetwork();
        // timm gives this architecture, and none of the others, another epsilon in all of its norms.
        if (json.string("architecture").orElse("").startsWith("convnext_xxlarge")
                || argument("norm_eps").isPresent()) {
            throw json.unexpected(
                    "architecture",
                    json.get("architecture").orElseThrow(),
                    "a ConvNeXt whose norms have the epsilon 1e-6");
        }
        return new ConvNextConfig(
                shown.version(),
                shown.depths(),
                shown.dims(),
                shown.patchSize(),
                shown.channels(),
                shown.head(),
                labels(shown.classes()).orElse(shown.labels()),
                shown.headEpsilon(),
                activation,
                shown.dropPathRate(),
                shown.layerScaleInit());
    }

    /** Arguments can make another network of the same tensors, by dilated convolutions for instance. */
    private void requireSameNetwork() {
        String architecture = json.string("architecture").orElseThrow();
        if (!architecture.startsWith("convnext")) {
            throw json.unexpected("architecture", json.get("architecture").orElseThrow(), "a ConvNeXt's name");
        }
        for (String name : json.get("model_args").map(JsonNode::propertyNames).orElse(Set.of())) {
            if (!KNOWN_ARGUMENTS.contains(name)) {
                throw json.unexpected(
                        "model_args." + name, argument(name).orElse("null"), "no such argument; CryoNeXt lacks it");
            }
        }
        String pool =
                json.string("global_pool").or(() -> argument("global_pool")).orElse("avg");
        if (!pool.equals("avg")) {
            throw json.unexpected("global_pool", "\"" + pool + "\"", "\"avg\"; CryoNeXt pools by the mean alone");
        }
    }

    private Optional<String> argument(String name) {
        return json.get("model_args")
                .map(args -> args.get(name))
                .filter(v -> !v.isNull())
                .map(value -> value.isString() ? value.asString() : value.toString());
    }

    private Optional<List<String>> labels(int classes) {
        return json.get("label_names").filter(JsonNode::isArray).map(names -> {
            List<String> labels = new ArrayList<>();
            names.forEach(name -> labels.add(name.asString()));
            if (labels.size() != classes) {
                throw json.unexpected("label_names", labels.size() + " names", classes + ", as the classifier has");
            }
            return labels;
        });
    }

    /** How images are made; ImageNet's for what is absent. */
    Preprocessing preprocessing() {
        JsonFile own = json.get("pretrained_cfg")
                .map(node -> new JsonFile(json.file(), node))
                .orElse(json);
        Preprocessing usual = Preprocessing.imageNet(224);
        List<Integer> size = own.integers("input_size").orElse(List.of(3, usual.size(), usual.size()));
        if (size.size() != 3 || !size.get(1).equals(size.get(2)) || size.get(1) < 1) {
            throw own.unexpected("input_size", size, "[3, pixels, pixels]");
        }
        String filter = own.string("interpolation").orElse("bicubic");
        Preprocessing.Resample resample = Preprocessing.Resample.named(filter)
                .orElseThrow(() -> own.unexpected("interpolation", filter, "one of PIL's filters"));
        return new Preprocessing(
                        size.get(1),
                        resample,
                        own.number("crop_pct").orElse(usual.cropPct()),
                        usual.rescaleFactor(),
                        own.numbers("mean").orElse(usual.mean()),
                        own.numbers("std").orElse(usual.deviation()))
                .checked(own, "mean", "std");
    }
}
