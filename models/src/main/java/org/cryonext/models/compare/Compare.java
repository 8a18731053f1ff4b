package org.cryonext.models.compare;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.MemoryException;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.engine.io.Safetensors;
import org.cryonext.engine.optim.AdamWSettings;
import org.cryonext.engine.optim.Optimizer;
import org.cryonext.engine.optim.ParameterGroup;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.convnext.ConvNext;
import org.cryonext.models.convnext.Parameter;
import org.cryonext.models.load.ModelFile;

/** Runs a checkpoint on the images of a reference file and compares every tensor in it. */
public final class Compare {
    private static final double LEARNING_RATE = 1e-3;
    private static final double WEIGHT_DECAY = 0.05;

    private static final String GROUP = "all";

    private final ReferenceFile reference;
    private final Gates gates;
    private final List<Row> rows = new ArrayList<>();

    private Compare(ReferenceFile reference, Gates gates) {
        this.reference = reference;
        this.gates = gates;
    }

    /**
     * Compares a model with a reference file: {@code x} [N, C, H, W], for a model that reads one
     * {@code profile} [samples, numbers], and any of {@code logits}, {@code stem},
     * {@code stage0} to {@code stage3}, {@code pooled} and, with {@code labels}, {@code loss} (mean cross entropy),
     * {@code grad.PARAMETER} and {@code adamwK.PARAMETER} (after K steps of AdamW on this batch with learning rate 1e-3
     * and weight decay 0.05 on all parameters, unless the metadata says {@code lr} or {@code weight_decay}).
     *
     * @param model checkpoint folder, weight file or ONNX file
     * @param file the reference
     * @param backend what runs the model; the caller closes it
     * @throws InputException if one of the files cannot be used, or the images do not fit into memory
     */
    public static Comparison run(Path model, Path file, Backend backend, Gates gates, Progress progress) {
        Checkpoint checkpoint = ModelFile.read(model, progress);
        try (Safetensors tensors = Safetensors.open(file);
                Variables variables = new Variables(backend)) {
            ReferenceFile reference = new ReferenceFile(tensors, checkpoint.config());
            Tensor x = reference.images();
            if (!checkpoint.config().hasClassifier() && (reference.hasLoss() || reference.trains())) {
                throw new InputException(
                        model + " has no classifier, but " + file + " holds loss, gradients or updates,"
                                + " which need one; take labels and these out of it, or give the model a classifier with cryonext"
                                + " import --classes");
            }
            long samples = x.shape().dim(0) / checkpoint.config().head().images();
            Inputs inputs =
                    new Inputs(x, checkpoint.config().hasClassifier() ? reference.profile(samples) : Optional.empty());
            Optional<Tensor> labels = checkpoint.config().hasClassifier()
                    ? reference.labels(samples, checkpoint.config().classes())
                    : Optional.empty();
            if (reference.isEmpty()) {
                throw new InputException(file + " has nothing to compare: none of logits, stem, stage0 to stage3 and"
                        + " pooled, and no labels with loss, grad.PARAMETER or adamwK.PARAMETER");
            }
            checkpoint.upload(variables);
            Compare compare = new Compare(reference, gates);
            int steps = reference.adamw().isEmpty()
                    ? 0
                    : reference.adamw().lastEntry().getKey();
            progress.start("Comparing on " + backend.name(), 1 + steps, "runs");
            compare.outputs(checkpoint, variables, inputs, labels);
            progress.advance(1);
            if (steps > 0) {
                compare.training(checkpoint, variables, inputs, labels.orElseThrow(), steps, progress);
            }
            progress.finish();
            return new Comparison(
                    model,
                    file,
                    backend.description(),
                    checkpoint.report(),
                    List.copyOf(compare.rows),
                    List.copyOf(reference.others()));
        } catch (MemoryException e) {
            throw new InputException(
                    "Comparing with all images of " + file + " at once does not fit into memory: " + e.getMessage()
                            + "; raise --memory or write a reference with fewer or smaller images",
                    e);
        }
    }

    /**
     * What the model is given.
     *
     * @param x images [N, H, W, C]
     * @param profile numbers beside their features
     */
    private record Inputs(Tensor x, Optional<Tensor> profile) {
        void set(Program program) {
            program.set("x", x);
            profile.ifPresent(numbers -> program.set(ConvNext.PROFILE, numbers));
        }
    }

    private void outputs(Checkpoint checkpoint, Variables variables, Inputs inputs, Optional<Tensor> labels) {
        Graph graph = ComparisonGraph.outputs(
                checkpoint.config(),
                inputs.x().type(),
                reference.hasLoss(),
                !reference.gradients().isEmpty(),
                variables.backend());
        try (Program program = Program.compile(graph, variables)) {
            inputs.set(program);
            if (graph.inputs().containsKey("labels")) {
                program.set("labels", labels.orElseThrow());
            }
            program.run();
            for (String name : reference.forward()) {
                if (graph.outputs().containsKey(name)) {
                    Tensor found = program.get(name);
                    add(name, found.shape().rank() == 4 ? found.transpose(0, 3, 1, 2) : found, gates.forward());
                } else {
                    rows.add(Row.failed(name, reference.tensor(name).shape(), "the model has no classifier"));
                }
            }
            if (reference.hasLoss()) {
                add("loss", program.get("loss"), gates.forward());
            }
            for (String name : reference.gradients()) {
                parameter(name).ifPresent(p -> add(name, p.toTorch(program.get("grad." + p.name())), gates.gradient()));
            }
        }
    }

    private void training(
            Checkpoint checkpoint, Variables variables, Inputs inputs, Tensor labels, int steps, Progress progress) {
        double rate = reference.setting("lr", LEARNING_RATE);
        double decay = reference.setting("weight_decay", WEIGHT_DECAY);
        List<String> all =
                Parameter.of(checkpoint.config()).stream().map(Parameter::name).toList();
        Optimizer optimizer = new Optimizer(List.of(new ParameterGroup(GROUP, all, decay)), AdamWSettings.defaults());
        Graph graph = ComparisonGraph.training(checkpoint.config(), inputs.x().type(), optimizer, variables.backend());
        try (Program program = Program.compile(graph, variables)) {
            inputs.set(program);
            program.set("labels", labels);
            for (int step = 1; step <= steps; step++) {
                optimizer.next(program, Map.of(GROUP, rate));
                program.run();
                progress.advance(1);
                List<String> names = reference.adamw().get(step);
                if (names != null) {
                    adamw(names, variables);
                }
            }
        }
    }

    private void adamw(List<String> names, Variables variables) {
        Map<String, Row.Difference> differences = new LinkedHashMap<>();
        long elements = 0;
        long beyond = 0;
        for (String name : names) {
            Optional<Parameter> p = parameter(name);
            if (p.isPresent()) {
                Tensor found =
                        p.orElseThrow().toTorch(variables.get(p.orElseThrow().name()));
                if (fits(name, found)) {
                    Row.Difference d = Row.Difference.of(reference.tensor(name), found, Gates.ADAMW_CLOSE);
                    differences.put(name, d);
                    elements += found.size();
                    beyond += d.beyond();
                }
            }
        }
        boolean fewBeyond = beyond <= Gates.ADAMW_SHARE * elements;
        differences.forEach((name, d) -> {
            Shape shape = reference.tensor(name).shape();
            // Rounding strikes single elements by chance, in small tensors several of a thousand: the share is judged
            // over all tensors of a step, and one alone only fails where more are beyond than chance explains.
            long allowed = fewBeyond ? Math.max(1, (long) (Gates.ADAMW_TENSOR_SHARE * shape.size())) : 0;
            boolean passed = d.maxAbsolute() <= Gates.ADAMW_FAR && d.beyond() <= allowed;
            String note = d.beyond() + " of " + shape.size() + " beyond " + Gates.ADAMW_CLOSE;
            rows.add(new Row(name, shape, d.maxAbsolute(), d.relative(), passed, note));
        });
    }

    /** The model's parameter of this name; if it has none, the row fails. */
    private Optional<Parameter> parameter(String name) {
        Optional<Parameter> parameter = reference.parameter(name);
        if (parameter.isEmpty()) {
            rows.add(Row.failed(name, reference.tensor(name).shape(), "the model has no such parameter"));
        }
        return parameter;
    }

    private void add(String name, Tensor found, double gate) {
        if (fits(name, found)) {
            rows.add(Row.relative(name, reference.tensor(name), found, gate));
        }
    }

    /** Libraries give the same parameter, and the loss, with or without dimensions of 1; the elements' order is one. */
    private boolean fits(String name, Tensor found) {
        Shape shape = reference.tensor(name).shape();
        boolean fits = shape.withoutOnes().equals(found.shape().withoutOnes());
        if (!fits) {
            rows.add(Row.failed(name, shape, "the model's is " + found.shape()));
        }
        return fits;
    }
}
