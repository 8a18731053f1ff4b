package org.cryonext.cryoet.network;

import java.util.ArrayList;
import java.util.List;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.engine.pass.DeadNodes;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.DType;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.convnext.ConvNext;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Passes;

/** A trained network with the memory for batches of particles: slices in, probabilities out. One thread at a time. */
public final class Scorer implements AutoCloseable {
    /** A batch that keeps the processor busy and takes little memory. */
    public static final int BATCH = 16;

    private final NetworkInput input;
    private final List<String> classes;
    private final int batch;
    private final Variables variables;
    private final Program program;

    private Scorer(NetworkInput input, List<String> classes, int batch, Variables variables, Program program) {
        this.input = input;
        this.classes = classes;
        this.batch = batch;
        this.variables = variables;
        this.program = program;
    }

    /**
     * Opens the best checkpoint of a run.
     *
     * @param backend where it runs; the caller closes it, after the scorer
     * @param batch particles at once
     * @throws InputException if the run has no best checkpoint, or the batch needs more memory than there is
     */
    public static Scorer open(RunFolder run, Backend backend, int batch) {
        return open(run.bestCheckpoint(), run.settings().input(), backend, batch);
    }

    /**
     * Opens a checkpoint.
     *
     * @param input what a particle looks like
     * @param backend where it runs; the caller closes it, after the scorer
     * @param batch particles at once
     * @throws InputException if the batch needs more memory than there is
     */
    public static Scorer open(Checkpoint checkpoint, NetworkInput input, Backend backend, int batch) {
        if (batch < 1) {
            throw new InputException("--batch is " + batch + ", expected at least 1");
        }
        ConvNextConfig config = checkpoint.config();
        Variables variables = new Variables(backend);
        try {
            BatchFit fit = new BatchFit(
                    particles -> graph(config, input, particles, backend),
                    particles -> ImageLoader.bytes(input, particles),
                    variables);
            Program program = fit.compile(batch);
            checkpoint.upload(variables);
            return new Scorer(input, config.labels(), batch, variables, program);
        } catch (RuntimeException | Error e) {
            variables.close();
            throw e;
        }
    }

    /**
     * The graph for a batch, as the backend runs it best: input {@code x} [particles * images, H, W, C],
     * output {@code logits} [particles * answers, classes].
     */
    private static Graph graph(ConvNextConfig config, NetworkInput input, int particles, Backend backend) {
        Graph graph = new Graph();
        long images = Math.multiplyExact((long) particles, input.images());
        Value x = graph.input("x", ConvNext.images(config, images, input.imageSize(), input.imageSize()));
        graph.output("logits", ConvNext.add(graph, config, x).logits());
        DType type = backend.precision().dtype();
        return Passes.inference(DeadNodes.remove(graph), type);
    }

    /** Class names in the order of the scores. */
    public List<String> classes() {
        return classes;
    }

    /** What a particle looks like. */
    public NetworkInput input() {
        return input;
    }

    /**
     * Scores particles.
     *
     * @param count how many there are
     * @param slices gives their slices; read on another thread, a batch ahead
     * @param progress is advanced by each batch's particles
     * @return in the order of the particles
     */
    public List<Score> score(int count, SliceSource slices, Progress progress) {
        List<Score> scores = new ArrayList<>(count);
        try (ImageLoader loader = new ImageLoader(input, batch)) {
            int next = 0;
            if (count > 0) {
                loader.request(slices, range(next, count));
                next = Math.min(count, batch);
            }
            while (scores.size() < count) {
                program.set("x", loader.take());
                if (next < count) {
                    loader.request(slices, range(next, count));
                    next = Math.min(count, next + batch);
                }
                program.run();
                int done = Math.min(batch, count - scores.size());
                collect(program.get("logits").toFloats(), done, scores);
                progress.advance(done);
            }
        }
        return scores;
    }

    private int[] range(int from, int count) {
        int[] particles = new int[Math.min(batch, count - from)];
        for (int i = 0; i < particles.length; i++) {
            particles[i] = from + i;
        }
        return particles;
    }

    private void collect(float[] logits, int particles, List<Score> scores) {
        int answers = input.answers();
        int k = classes.size();
        for (int p = 0; p < particles; p++) {
            float[][] own = new float[answers][k];
            for (int a = 0; a < answers; a++) {
                System.arraycopy(logits, (p * answers + a) * k, own[a], 0, k);
            }
            scores.add(Score.of(own, input.fusion()));
        }
    }

    @Override
    public void close() {
        program.close();
        variables.close();
    }
}
