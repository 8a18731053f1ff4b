package org.cryonext.cryoet.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.cryonext.cryoet.run.Calibration;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.Outlet;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.engine.pass.DeadNodes;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
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
    private final double temperature;
    private final Variables variables;
    private final Program program;
    private final Outlet logits;

    private Scorer(
            NetworkInput input,
            List<String> classes,
            int batch,
            double temperature,
            Variables variables,
            Program program) {
        this.input = input;
        this.classes = classes;
        this.batch = batch;
        this.temperature = temperature;
        this.variables = variables;
        this.program = program;
        this.logits = program.outlet("logits");
    }

    /**
     * Opens the best checkpoint of a run.
     *
     * @param backend where it runs; the caller closes it, after the scorer
     * @param batch particles at once
     * @throws InputException if the run has no best checkpoint, or the batch needs more memory than there is
     */
    public static Scorer open(RunFolder run, Backend backend, int batch) {
        return open(run, run.settings().input(), backend, batch);
    }

    /**
     * Opens the best checkpoint of a run, with its calibration.
     *
     * @param input what a particle looks like: the run's, perhaps with another fusion
     * @param backend where it runs; the caller closes it, after the scorer
     * @param batch particles at once
     * @throws InputException if the run has no best checkpoint, or the batch needs more memory than there is
     */
    public static Scorer open(RunFolder run, NetworkInput input, Backend backend, int batch) {
        double temperature = run.calibration().map(Calibration::temperature).orElse(1.0);
        return open(run.bestCheckpoint(), input, temperature, backend, batch);
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
        return open(checkpoint, input, 1, backend, batch);
    }

    private static Scorer open(
            Checkpoint checkpoint, NetworkInput input, double temperature, Backend backend, int batch) {
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
            return new Scorer(input, config.labels(), batch, temperature, variables, program);
        } catch (RuntimeException | Error e) {
            variables.close();
            throw e;
        }
    }

    /**
     * The graph for a batch, as the backend runs it best: input {@code x} [particles * images, H, W, C],
     * and where it reads profiles {@code profile}; output
     * {@code logits} [particles * answers, classes].
     */
    private static Graph graph(ConvNextConfig config, NetworkInput input, int particles, Backend backend) {
        Graph graph = new Graph();
        long images = Math.multiplyExact((long) particles, input.images());
        Value x = graph.input("x", ConvNext.images(config, images, input.imageSize(), input.imageSize()));
        graph.output("logits", ConvNext.add(graph, config, x).logits());
        return Passes.inference(DeadNodes.remove(graph), backend);
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
     * Scores particles as they are, for a network that reads no profiles.
     *
     * @param count how many there are
     * @param slices gives their slices; read on another thread, a batch ahead
     * @param progress is advanced by each batch's particles
     * @return in the order of the particles
     */
    public List<Score> score(int count, SliceSource slices, Progress progress) {
        return score(
                count,
                Mirrors.NONE,
                (particle, axes, out, at) -> slices.read(particle, out, at),
                ProfileSource.NONE,
                progress);
    }

    /**
     * Scores particles.
     *
     * @param count how many there are
     * @param mirrors over whose answers the mean is taken
     * @param particles gives their slices; read on another thread, a batch ahead
     * @param profiles gives what stands beside their features; read on that thread too
     * @param progress is advanced by the particles that are done
     * @return in the order of the particles
     */
    public List<Score> score(
            int count, Mirrors mirrors, ParticleSource particles, ProfileSource profiles, Progress progress) {
        int each = mirrors.count();
        int shots = Math.multiplyExact(count, each);
        SliceSource slices = (shot, out, at) -> particles.read(shot / each, mirrors.axes(shot % each), out, at);
        ProfileSource beside = (shot, out, at) -> profiles.read(shot / each, out, at);
        List<Score> scores = new ArrayList<>(count);
        List<float[]> answers = new ArrayList<>();
        int done = 0;
        try (ImageLoader loader = new ImageLoader(input, batch)) {
            if (shots > 0) {
                loader.request(slices, beside, range(0, shots));
                set(loader.take());
            }
            if (batch < shots) {
                loader.request(slices, beside, range(batch, shots));
            }
            while (done < shots) {
                program.run();
                logits.begin();
                int part = Math.min(batch, shots - done);
                done += part;
                // The next batch travels while a card computes this one, and the one behind it is made meanwhile.
                if (done < shots) {
                    set(loader.take());
                    if (done + batch < shots) {
                        loader.request(slices, beside, range(done + batch, shots));
                    }
                }
                answers.addAll(rows(logits.await().getFirst().toFloats(), part * input.answers()));
                int before = scores.size();
                collect(answers, each, scores);
                progress.advance(scores.size() - before);
            }
        }
        return scores;
    }

    private void set(ImageLoader.Batch ready) {
        program.set("x", ready.images());
        if (ready.profiles() != null) {
            program.set(ConvNext.PROFILE, ready.profiles());
        }
    }

    private int[] range(int from, int count) {
        int[] shots = new int[Math.min(batch, count - from)];
        for (int i = 0; i < shots.length; i++) {
            shots[i] = from + i;
        }
        return shots;
    }

    private List<float[]> rows(float[] logits, int count) {
        int k = classes.size();
        return IntStream.range(0, count)
                .mapToObj(row -> Arrays.copyOfRange(logits, row * k, (row + 1) * k))
                .toList();
    }

    /** Makes scores of the rows of whole particles, and leaves what is of one whose rows are not all there. */
    private void collect(List<float[]> answers, int mirrors, List<Score> scores) {
        int rows = mirrors * input.answers();
        int whole = answers.size() / rows;
        for (int p = 0; p < whole; p++) {
            float[][] own = answers.subList(p * rows, (p + 1) * rows).toArray(float[][]::new);
            scores.add(Score.of(own, mirrors, input.fusion(), temperature));
        }
        answers.subList(0, whole * rows).clear();
    }

    @Override
    public void close() {
        program.close();
        variables.close();
    }
}
