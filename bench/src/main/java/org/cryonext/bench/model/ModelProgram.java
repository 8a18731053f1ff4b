package org.cryonext.bench.model;

import java.util.Map;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.optim.Optimizer;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.models.checkpoint.Checkpoint;

/** A model, compiled and fed, that runs or trains a step at each call. */
public final class ModelProgram implements AutoCloseable {
    private final Variables variables;
    private final Optimizer optimizer;
    private final Program program;

    /**
     * Compiles a model.
     *
     * @param model its weights
     * @param images [N, C, H, W]
     * @param labels [N]; not used in inference
     * @param backend what runs it, opened for the settings' precision; the caller closes it
     * @throws IllegalArgumentException if the backend computes in another precision: the graph would be of that one
     */
    public ModelProgram(ModelSettings settings, Checkpoint model, float[] images, int[] labels, Backend backend) {
        if (settings.precision() != backend.precision()) {
            throw new IllegalArgumentException("a model in " + settings.precision() + " on a backend opened for "
                    + backend.precision() + ": " + backend.description());
        }
        variables = new Variables(backend);
        ModelGraph made = ModelGraph.of(settings, backend);
        optimizer = made.optimizer();
        try {
            optimizer.begin(variables);
            // Makes the parameters in the types they are held in; setting them rounds.
            program = Program.compile(made.graph(), variables);
            model.upload(variables);
            program.set(
                    "x",
                    channelsLast(images, settings.batch(), settings.config().channels(), settings.imageSize()));
            if (settings.mode().trains()) {
                program.set("labels", Tensor.of(labels, labels.length));
            }
        } catch (RuntimeException | Error e) {
            variables.close();
            throw e;
        }
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
            optimizer.next(program, Map.of(ModelGraph.GROUP, ModelGraph.LEARNING_RATE));
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
