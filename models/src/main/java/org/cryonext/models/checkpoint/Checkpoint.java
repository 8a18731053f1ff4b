package org.cryonext.models.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.OneLine;
import org.cryonext.engine.io.Progress;
import org.cryonext.engine.io.SafetensorsWriter;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.HeadInput;
import org.cryonext.models.convnext.Initialization;
import org.cryonext.models.convnext.Layer;
import org.cryonext.models.convnext.Parameter;

/**
 * A model with its weights.
 *
 * @param config the architecture and the class names
 * @param preprocessing how its images are made
 * @param parameters F32 values by {@link Parameter#name()}, in the engine's shapes
 * @param report what a user should know of how it was read, a sentence each
 */
public record Checkpoint(
        ConvNextConfig config,
        Preprocessing preprocessing,
        SequencedMap<String, Tensor> parameters,
        List<String> report) {
    /** Name of the weights in a folder. */
    public static final String WEIGHTS = "model.safetensors";

    /** Name of the configuration in a folder. */
    public static final String CONFIG = "config.json";

    /** Makes each sentence of the report one line. */
    public Checkpoint {
        // It quotes names out of files, which may hold anything.
        report = report.stream().map(OneLine::of).toList();
    }

    /**
     * A fresh model, {@link Initialization initialised} from a seed.
     *
     * @throws InputException if the heap cannot hold its weights
     */
    public static Checkpoint fresh(ConvNextConfig config, Preprocessing preprocessing, long seed) {
        WeightMemory.require(config, "Random weights", Runtime.getRuntime().maxMemory());
        return new Checkpoint(
                config,
                preprocessing,
                Initialization.of(config, seed),
                List.of(config.summary() + ", random weights from seed " + seed));
    }

    /** Whether a folder holds weights under one of the names that Hugging Face's libraries give them. */
    public static boolean isFolder(Path folder) {
        return CheckpointFiles.inFolder(folder).isPresent();
    }

    /**
     * Reads a folder or a single weight file, and leaves the head as it is. Files without a classifier give a model
     * without one.
     *
     * @throws InputException naming the file, the tensor, what was found and what was expected
     */
    public static Checkpoint read(Path path) {
        return read(path, Progress.none());
    }

    /**
     * As {@link #read(Path)}.
     *
     * @param progress counts the tensors
     */
    public static Checkpoint read(Path path, Progress progress) {
        try (CheckpointReader reader = CheckpointReader.open(path)) {
            return reader.read(progress);
        }
    }

    /**
     * Reads a folder or a single weight file for certain classes: if it was trained for another number of them, its
     * classifier is replaced by a fresh one; if not, it is kept and only renamed.
     *
     * @param labels the class names wanted
     * @param seed for the fresh classifier
     * @throws InputException naming the file, the tensor, what was found and what was expected
     */
    public static Checkpoint read(Path path, List<String> labels, long seed) {
        return read(path).forLabels(labels, seed);
    }

    /**
     * The same model for certain classes: with a fresh classifier if it has one for another number of them, else only
     * renamed.
     *
     * @param labels the class names wanted
     * @param seed for the fresh classifier
     */
    public Checkpoint forLabels(List<String> labels, long seed) {
        return config.classes() == labels.size() ? withLabels(labels) : withFreshClassifier(labels, seed);
    }

    /**
     * The same model with a fresh classifier for other classes.
     *
     * @param labels the class names, at least one
     * @param seed for its initial values
     */
    public Checkpoint withFreshClassifier(List<String> labels, long seed) {
        String done = config.hasClassifier()
                ? "Its classifier for " + config.classes() + " classes is replaced by a fresh one for " + labels.size()
                : "It gets a fresh classifier for " + labels.size() + " classes";
        return changed(config.withLabels(labels), seed, done + ", from seed " + seed);
    }

    /** The same model without its classifier: it gives the pooled and normalised features. */
    public Checkpoint withoutClassifier() {
        return changed(
                config.withLabels(List.of()),
                0,
                config.hasClassifier()
                        ? "Its classifier for " + config.classes() + " classes is dropped"
                        : "It has no classifier to drop");
    }

    /**
     * The same model with other names for its classes.
     *
     * @throws InputException if there are more or fewer names than classes
     */
    public Checkpoint withLabels(List<String> labels) {
        if (labels.size() != config.classes()) {
            throw new InputException(
                    labels.size() + " class names for a model of " + config.classes() + " classes; give one for each");
        }
        return new Checkpoint(config.withLabels(labels), preprocessing, parameters, report);
    }

    /**
     * The same model with a head that reads something else of a sample. The classifier stays where it still fits, and
     * what of it does not is fresh.
     *
     * @param seed for fresh values
     */
    public Checkpoint withHead(HeadInput head, long seed) {
        ConvNextConfig other = config.withHead(head);
        SequencedMap<String, Tensor> values = new LinkedHashMap<>();
        List<String> said = new ArrayList<>(report);
        for (Parameter p : Parameter.of(other)) {
            Tensor before = parameters.get(p.name());
            boolean fits = before != null && before.shape().equals(p.shape());
            values.put(p.name(), fits ? before : Initialization.of(other, p, seed));
            if (!fits) {
                said.add("It gets a fresh " + p.name() + " of " + p.torchShape() + " from seed " + seed);
            }
        }
        return new Checkpoint(other, preprocessing, values, List.copyOf(said));
    }

    /** Keeps every layer but the classifier; parameters are named anew, as names depend on whether there is one. */
    private Checkpoint changed(ConvNextConfig changed, long seed, String done) {
        SequencedMap<String, Tensor> values = new LinkedHashMap<>();
        Iterator<Parameter> before = Parameter.of(config).iterator();
        for (Parameter p : Parameter.of(changed)) {
            boolean fresh = p.layer() == Layer.CLASSIFIER || p.layer() == Layer.PROFILE;
            values.put(
                    p.name(),
                    fresh
                            ? Initialization.of(changed, p, seed)
                            : parameters.get(before.next().name()));
        }
        List<String> said = new ArrayList<>(report);
        said.add(done);
        return new Checkpoint(changed, preprocessing, values, List.copyOf(said));
    }

    /** Gives the parameters to a program's variables. */
    public void upload(Variables variables) {
        parameters.forEach(variables::set);
    }

    /** The same model with the values that the variables have now. */
    public Checkpoint download(Variables variables) {
        SequencedMap<String, Tensor> values = new LinkedHashMap<>();
        parameters.keySet().forEach(name -> values.put(name, variables.get(name)));
        return new Checkpoint(config, preprocessing, values, report);
    }

    /**
     * Writes a folder in Hugging Face's layout, the weights as F32. Each file is replaced as a whole and the weights
     * come last, so that a folder with weights is complete.
     */
    public void write(Path folder) {
        write(folder, DType.F32);
    }

    /**
     * As {@link #write(Path)}, with the weights in another element type.
     *
     * @param floats F32, F16 or BF16
     */
    public void write(Path folder, DType floats) {
        write(folder, parameters::get, floats);
    }

    /**
     * As {@link #write(Path)}, with the values that the parameters have elsewhere, each asked for in its turn.
     *
     * @param values gives a parameter by its name, in the engine's layout
     */
    public void write(Path folder, Function<String, Tensor> values) {
        write(folder, values, DType.F32);
    }

    private void write(Path folder, Function<String, Tensor> values, DType floats) {
        ConfigJson.write(folder.resolve(CONFIG), config, preprocessing.size(), floats);
        preprocessing.write(folder.resolve(Preprocessing.FILE));
        Map<String, Parameter> layout = new LinkedHashMap<>();
        Map<String, TensorType> types = new LinkedHashMap<>();
        for (Parameter p : Parameter.of(config)) {
            layout.put(p.name(), p);
            types.put(p.name(), new TensorType(parameters.get(p.name()).dtype(), p.torchShape()));
        }
        // transformers refuses files that do not say which framework wrote them.
        SafetensorsWriter.write(
                folder.resolve(WEIGHTS),
                types,
                name -> layout.get(name).toTorch(values.apply(name)),
                Map.of("format", "pt"),
                floats);
    }
}
