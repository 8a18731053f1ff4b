package org.cryonext.models.inspect;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.cryonext.engine.op.Activation;
import org.cryonext.models.checkpoint.CheckpointDescription;
import org.cryonext.models.checkpoint.Preprocessing;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Version;
import org.cryonext.models.load.ModelFile;

/** Finds out what a model file is. */
public final class Inspector {
    private static final int MOST_LABELS = 12;

    private Inspector() {}

    /**
     * Looks at a checkpoint folder, a weight file or an ONNX file. Weights are not read.
     *
     * @param imageSize edge of the images for which work is counted; empty for the model's own
     * @throws org.cryonext.engine.io.InputException if the file is none of these, or the image is too small
     */
    public static Inspection of(Path path, OptionalInt imageSize) {
        return ModelFile.isOnnx(path)
                ? OnnxInspector.of(path, imageSize)
                : weights(CheckpointDescription.of(path), imageSize);
    }

    private static Inspection weights(CheckpointDescription checkpoint, OptionalInt imageSize) {
        ConvNextConfig config = checkpoint.config();
        List<Fact> facts = new ArrayList<>();
        Architecture architecture = Architecture.of(
                config, imageSize.orElse(checkpoint.preprocessing().size()));
        facts.add(new Fact("model", architecture.name()));
        facts.add(new Fact("format", checkpoint.format()));
        facts.add(new Fact("names", checkpoint.names()));
        facts.add(new Fact(
                "precision",
                checkpoint.elements().keySet().stream().map(Enum::name).collect(Collectors.joining(", ")) + ", "
                        + checkpoint.tensors() + " tensors, " + Units.bytes(checkpoint.bytes())));
        if (!checkpoint.metadata().isEmpty()) {
            facts.add(new Fact("metadata", metadata(checkpoint)));
        }
        facts.addAll(model(config, checkpoint.preprocessing()));
        checkpoint.report().stream().skip(1).forEach(note -> facts.add(new Fact("note", note)));
        return new Inspection(
                checkpoint.report().getFirst(),
                facts,
                Optional.of(architecture),
                new LinkedHashMap<>(),
                Optional.empty());
    }

    private static String metadata(CheckpointDescription checkpoint) {
        return checkpoint.metadata().entrySet().stream()
                .map(e -> e.getKey() + " = " + e.getValue())
                .collect(Collectors.joining(", "));
    }

    /** What a ConvNeXt is, whichever file it comes from. */
    static List<Fact> model(ConvNextConfig config, Preprocessing preprocessing) {
        String activation = config.activation() == Activation.GELU ? "exact GELU" : "tanh GELU";
        String scale =
                config.version() == Version.V2 ? "GRN" : config.hasLayerScale() ? "layer scale" : "no layer scale";
        return List.of(
                new Fact("blocks", activation + ", " + scale + ", patches of " + config.patchSize()),
                new Fact("epsilons", ConvNextConfig.EPSILON + ", last norm " + config.headEpsilon()),
                new Fact("preprocessing", preprocessing(preprocessing)),
                new Fact("labels", labels(config)));
    }

    private static String preprocessing(Preprocessing p) {
        return p + ", crop " + p.cropPct() + ", mean " + p.mean() + ", deviation " + p.deviation();
    }

    private static String labels(ConvNextConfig config) {
        if (!config.hasClassifier()) {
            return "none: the model gives " + config.features() + " features";
        }
        List<String> labels = config.labels();
        return labels.size() + ": " + String.join(", ", labels.subList(0, Math.min(MOST_LABELS, labels.size())))
                + (labels.size() > MOST_LABELS ? ", ..." : "");
    }
}
