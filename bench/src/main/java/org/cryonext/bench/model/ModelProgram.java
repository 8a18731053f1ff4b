package org.cryonext.bench.model;

import java.util.List;
import java.util.Map;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.Precision;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.SoftmaxCrossEntropy;
import org.cryonext.engine.optim.AdamWSettings;
import org.cryonext.engine.optim.Optimizer;
import org.cryonext.engine.optim.ParameterGroup;
import org.cryonext.engine.pass.DeadNodes;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.convnext.ConvNext;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Passes;

/** A model, compiled and fed, that runs or trains a step at each call. */
public final class ModelProgram implements AutoCloseable {
    /** Of every step; small, so that the model stays what it is however long it is timed. */
    public static final double LEARNING_RATE = 1e-4;

    /** Of all trained parameters. */
    public static final double WEIGHT_DECAY = 0.01;

    private static final String GROUP = "all";

    private final Variables variables;
    private final Optimizer optimizer;
    private final Program program;

    /**
     * Compiles a model.
     *
     * @param model its weights
     * @param images [N, C, H, W]
     * @param labels [N]; not used in inference
     * @param backend what runs it; the caller closes it
     */
    public ModelProgram(ModelSettings settings, Checkpoint model, float[] images, int[] labels, Backend backend) {
        variables = new Variables(backend);
        ConvNextConfig config = settings.config();
        List<String> trained = settings.mode().trained(config);
        boolean scaled = settings.mode().trains() && settings.precision() == Precision.F16;
        optimizer = new Optimizer(
                List.of(new ParameterGroup(GROUP, trained, WEIGHT_DECAY)),
                AdamWSettings.defaults().withScaledLoss(scaled));
        try {
            int size = settings.imageSize();
            Graph graph = new Graph();
            Value x = graph.input("x", ConvNext.images(config, settings.batch(), size, size));
            Value logits = ConvNext.add(graph, config, x).logits();
            if (settings.mode().trains()) {
                TensorType type = new TensorType(DType.I32, Shape.of(settings.batch()));
                Value loss = graph.add(new SoftmaxCrossEntropy(0), logits, graph.input("labels", type));
                graph.output("loss", loss);
                optimizer.add(graph, loss);
            } else {
                graph.output("logits", logits);
            }
            optimizer.begin(variables);
            // Makes the parameters in the types they are held in; setting them rounds.
            program = Program.compile(passes(DeadNodes.remove(graph), settings), variables);
            model.upload(variables);
            program.set("x", channelsLast(images, settings.batch(), config.channels(), size));
            if (settings.mode().trains()) {
                program.set("labels", Tensor.of(labels, labels.length));
            }
        } catch (RuntimeException | Error e) {
            variables.close();
            throw e;
        }
    }

    /** As classification and training do. */
    private static Graph passes(Graph graph, ModelSettings settings) {
        DType type = settings.precision().dtype();
        return settings.mode().trains()
                ? Passes.step(graph, "loss", type, settings.recompute())
                : Passes.inference(graph, type);
    }

    private static Tensor channelsLast(float[] images, int batch, int channels, int size) {
        int pixels = size * size;
        float[] turned = new float[images.length];
        for (int n = 0; n < batch; n++) {
            for (int c = 0; c < channels; c++) {
                for (int p = 0; p < pixels; p++) {
                    turned[(n * pixels + p) * channels + c] = images[(n * channels + c) * pixels + p];
                }
            }
        }
        return Tensor.of(turned, batch, size, size, channels);
    }

    /** Runs the model once; in training, updates it. */
    public void step() {
        prepare();
        program.run();
    }

    /**
     * As {@link #step}.
     *
     * @param nanos gets what each node took added, in the order of the program's nodes
     */
    public void step(long[] nanos) {
        prepare();
        program.run(nanos);
    }

    private void prepare() {
        if (!optimizer.parameters().isEmpty()) {
            optimizer.next(program, Map.of(GROUP, LEARNING_RATE));
        }
    }

    /** The last step's logits [N, classes]; in training its loss. */
    public float[] result() {
        return program.get(optimizer.parameters().isEmpty() ? "logits" : "loss").toFloats();
    }

    /** What runs. */
    public Program program() {
        return program;
    }

    @Override
    public void close() {
        program.close();
        variables.close();
    }
}
