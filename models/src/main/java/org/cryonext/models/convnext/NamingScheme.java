package org.cryonext.models.convnext;

import java.util.List;

/** The names different libraries give to the same parameters. */
public enum NamingScheme {
    /** transformers' ConvNextForImageClassification and ConvNextV2ForImageClassification. */
    HUGGING_FACE("Hugging Face"),
    /** pytorch-image-models. */
    TIMM("timm"),
    /** The authors' code. */
    ORIGINAL("the original code"),
    /** torchvision, which has V1 only. */
    TORCHVISION("torchvision");

    private final String title;

    NamingScheme(String title) {
        this.title = title;
    }

    /** What Hugging Face puts before every name but the classifier's; nothing where there is no classifier. */
    static String huggingFacePrefix(ConvNextConfig config) {
        return config.hasClassifier() ? huggingFacePrefix(config.version()) : "";
    }

    private static String huggingFacePrefix(Version version) {
        return version == Version.V1 ? "convnext." : "convnextv2.";
    }

    /** The prefixes that files of this scheme are known to have. */
    public List<String> prefixes() {
        return this == HUGGING_FACE
                ? List.of(huggingFacePrefix(Version.V1), huggingFacePrefix(Version.V2), "")
                : List.of("");
    }

    /**
     * A parameter's name.
     *
     * @param prefix put before the name (Hugging Face: not before the classifiers')
     * @param stage stage 0 to 3, where the layer has one
     * @param block block of the stage, where the layer has one
     * @param bias the bias (GRN: beta) rather than the weight
     */
    public String name(String prefix, Layer layer, int stage, int block, boolean bias) {
        String path = switch (this) {
            case HUGGING_FACE -> huggingFace(layer);
            case TIMM -> timm(layer);
            case ORIGINAL -> original(layer);
            case TORCHVISION -> torchvision(layer);
        };
        // {t} and {u} are torchvision's: downsampling layers and stages are numbered as one list.
        path = path.replace("{s}", String.valueOf(stage))
                .replace("{b}", String.valueOf(block))
                .replace("{t}", String.valueOf(2 * stage))
                .replace("{u}", String.valueOf(2 * stage + 1));
        String name = layer == Layer.LAYER_SCALE ? path : path + "." + suffix(layer, bias);
        boolean behindFeatures = layer == Layer.CLASSIFIER || layer == Layer.PROFILE;
        return this == HUGGING_FACE && behindFeatures ? name : prefix + name;
    }

    private String suffix(Layer layer, boolean bias) {
        if (this == ORIGINAL && layer == Layer.GRN) {
            return bias ? "beta" : "gamma";
        }
        return bias ? "bias" : "weight";
    }

    private static String huggingFace(Layer layer) {
        return switch (layer) {
            case STEM_CONV -> "embeddings.patch_embeddings";
            case STEM_NORM -> "embeddings.layernorm";
            case DOWNSAMPLE_NORM -> "encoder.stages.{s}.downsampling_layer.0";
            case DOWNSAMPLE_CONV -> "encoder.stages.{s}.downsampling_layer.1";
            case DEPTHWISE -> "encoder.stages.{s}.layers.{b}.dwconv";
            case NORM -> "encoder.stages.{s}.layers.{b}.layernorm";
            case EXPAND -> "encoder.stages.{s}.layers.{b}.pwconv1";
            case GRN -> "encoder.stages.{s}.layers.{b}.grn";
            case CONTRACT -> "encoder.stages.{s}.layers.{b}.pwconv2";
            case LAYER_SCALE -> "encoder.stages.{s}.layers.{b}.layer_scale_parameter";
            case FINAL_NORM -> "layernorm";
            case CLASSIFIER -> "classifier";
            case PROFILE -> "profile_classifier"; // CryoNeXt's own: transformers has none
        };
    }

    private static String timm(Layer layer) {
        return switch (layer) {
            case STEM_CONV -> "stem.0";
            case STEM_NORM -> "stem.1";
            case DOWNSAMPLE_NORM -> "stages.{s}.downsample.0";
            case DOWNSAMPLE_CONV -> "stages.{s}.downsample.1";
            case DEPTHWISE -> "stages.{s}.blocks.{b}.conv_dw";
            case NORM -> "stages.{s}.blocks.{b}.norm";
            case EXPAND -> "stages.{s}.blocks.{b}.mlp.fc1";
            case GRN -> "stages.{s}.blocks.{b}.mlp.grn";
            case CONTRACT -> "stages.{s}.blocks.{b}.mlp.fc2";
            case LAYER_SCALE -> "stages.{s}.blocks.{b}.gamma";
            case FINAL_NORM -> "head.norm";
            case CLASSIFIER -> "head.fc";
            case PROFILE -> "profile_classifier"; // a name no file has
        };
    }

    private static String original(Layer layer) {
        return switch (layer) {
            case STEM_CONV -> "downsample_layers.0.0";
            case STEM_NORM -> "downsample_layers.0.1";
            case DOWNSAMPLE_NORM -> "downsample_layers.{s}.0";
            case DOWNSAMPLE_CONV -> "downsample_layers.{s}.1";
            case DEPTHWISE -> "stages.{s}.{b}.dwconv";
            case NORM -> "stages.{s}.{b}.norm";
            case EXPAND -> "stages.{s}.{b}.pwconv1";
            case GRN -> "stages.{s}.{b}.grn";
            case CONTRACT -> "stages.{s}.{b}.pwconv2";
            case LAYER_SCALE -> "stages.{s}.{b}.gamma";
            case FINAL_NORM -> "norm";
            case CLASSIFIER -> "head";
            case PROFILE -> "profile_classifier"; // a name no file has
        };
    }

    private static String torchvision(Layer layer) {
        return switch (layer) {
            case STEM_CONV -> "features.0.0";
            case STEM_NORM -> "features.0.1";
            case DOWNSAMPLE_NORM -> "features.{t}.0";
            case DOWNSAMPLE_CONV -> "features.{t}.1";
            case DEPTHWISE -> "features.{u}.{b}.block.0";
            case NORM -> "features.{u}.{b}.block.2";
            case EXPAND -> "features.{u}.{b}.block.3";
            case GRN -> "features.{u}.{b}.grn"; // torchvision has no V2; a name no file has
            case CONTRACT -> "features.{u}.{b}.block.5";
            case LAYER_SCALE -> "features.{u}.{b}.layer_scale";
            case FINAL_NORM -> "classifier.0";
            case CLASSIFIER -> "classifier.2";
            case PROFILE -> "profile_classifier"; // a name no file has
        };
    }

    /** What to call it in a sentence. */
    @Override
    public String toString() {
        return title;
    }
}
