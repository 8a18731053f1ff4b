package org.cryonext.models.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.engine.op.Activation;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Parameter;

/** An open checkpoint: what it is is known, and its tensors are known to be those of the model. */
public final class CheckpointReader implements AutoCloseable {
    private final CheckpointFiles files;
    private final WeightFile weights;
    private final ConvNextConfig config;
    private final StoredParameters parameters;

    /**
     * Opens a folder or a single weight file.
     *
     * @throws InputException naming the file, the tensor, what was found and what was expected
     */
    public static CheckpointReader open(Path path) {
        CheckpointFiles files = CheckpointFiles.of(path);
        WeightSource source = WeightSource.open(files.weights());
        try {
            return new CheckpointReader(files.withMetadata(source.metadata()), WeightFile.detect(source));
        } catch (RuntimeException | Error e) {
            source.close();
            throw e;
        }
    }

    private CheckpointReader(CheckpointFiles files, WeightFile weights) {
        this.files = files;
        this.weights = weights;
        config = config(files, weights);
        String model = config.summary()
                + (files.huggingFace().isPresent()
                        ? " (" + files.huggingFace().orElseThrow().file() + ")"
                        : " (as its tensors show)");
        weights.requireBlocks(config, model);
        parameters = new StoredParameters(weights, config, model);
    }

    private static ConvNextConfig config(CheckpointFiles files, WeightFile weights) {
        int classes = weights.classes();
        if (files.huggingFace().isPresent()) {
            ConvNextConfig config = ConfigJson.read(files.huggingFace().orElseThrow(), classes);
            return classes == 0 ? config.withLabels(List.of()) : config;
        }
        ConvNextConfig shown = weights.derive(ConvNextConfig.numbered(classes));
        return files.timm().map(timm -> timm.complete(shown)).orElse(shown);
    }

    /** The architecture and the class names. */
    public ConvNextConfig config() {
        return config;
    }

    /**
     * Gives the parameters to a program's variables, without a copy of all of them in between.
     *
     * @throws InputException naming the tensor that cannot be read
     */
    public void upload(Variables variables) {
        for (Parameter p : parameters.parameters()) {
            variables.set(p.name(), parameters.read(p));
        }
    }

    /** The model with its weights, copies. */
    public Checkpoint read(Progress progress) {
        WeightMemory.require(
                config, files.weights().toString(), Runtime.getRuntime().maxMemory());
        SequencedMap<String, Tensor> values = new LinkedHashMap<>();
        progress.start(
                "Reading " + files.weights().getFileName(),
                parameters.parameters().size(),
                "tensors");
        for (Parameter p : parameters.parameters()) {
            values.put(
                    p.name(), Tensor.of(parameters.read(p).toFloats(), p.shape().toArray()));
            progress.advance(1);
        }
        progress.finish();
        return new Checkpoint(config, preprocessing(), values, report());
    }

    /** All there is to say without the weights themselves. */
    CheckpointDescription describe() {
        WeightSource source = weights.source();
        Map<DType, Long> elements = new EnumMap<>(DType.class);
        for (TensorType type : source.types().values()) {
            elements.merge(type.dtype(), type.shape().size(), Long::sum);
        }
        return new CheckpointDescription(
                files.weights(),
                config,
                preprocessing(),
                source.format(),
                weights.names(),
                elements,
                source.types().size(),
                source.metadata(),
                report());
    }

    private Preprocessing preprocessing() {
        return files.preprocessing()
                .map(json -> Preprocessing.read(json).requireChannels(config.channels(), json.file()))
                .or(() -> files.timm()
                        .map(timm -> timm.preprocessing()
                                .requireChannels(config.channels(), timm.json().file())))
                .orElse(Preprocessing.usual(224, config.channels()));
    }

    private List<String> report() {
        List<String> report = new ArrayList<>();
        report.add(weights.source().file() + ": " + config.summary() + ", names of " + weights.names());
        report.addAll(weights.source().notes());
        report.addAll(parameters.notes());
        if (files.huggingFace().isEmpty()) {
            report.add("No " + Checkpoint.CONFIG
                    + " of Hugging Face's: the architecture is what the tensors show, with "
                    + (config.activation() == Activation.GELU ? "exact GELU" : "the tanh form of GELU")
                    + " and epsilon " + config.headEpsilon() + " in the last LayerNorm");
        }
        return List.copyOf(report);
    }

    @Override
    public void close() {
        weights.source().close();
    }
}
