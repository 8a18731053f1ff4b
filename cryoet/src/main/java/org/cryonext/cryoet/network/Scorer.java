package org.cryonext.cryoet.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.cryoet.triplet.SliceCutter;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.Outlet;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.engine.pass.DeadNodes;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.checkpoint.CheckpointReader;
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
    /** By the number of mirrorings over whose answers the mean is taken. */
    private final IntToDoubleFunction temperature;

    private final Variables variables;
    private final Program program;
    private final boolean features;
    private final Outlet results;
    private final Optional<CardImages> card;

    private Scorer(
            NetworkInput input,
            List<String> classes,
            int batch,
            IntToDoubleFunction temperature,
            Variables variables,
            Program program,
            boolean features) {
        this.input = input;
        this.classes = classes;
        this.batch = batch;
        this.temperature = temperature;
        this.variables = variables;
        this.program = program;
        this.features = features;
        this.results = features ? program.outlet("logits", "pooled") : program.outlet("logits");
        this.card = CardImages.of(input, program, batch);
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
        return open(run, input, backend, batch, false);
    }

    /**
     * As {@link #open(RunFolder, NetworkInput, Backend, int)}, for one who also wants the features from which the classifier
     * answers.
     */
    public static Scorer openWithFeatures(RunFolder run, NetworkInput input, Backend backend, int batch) {
        return open(run, input, backend, batch, true);
    }

    private static Scorer open(RunFolder run, NetworkInput input, Backend backend, int batch, boolean features) {
        IntToDoubleFunction temperature = run.calibration()
                .<IntToDoubleFunction>map(calibration -> calibration::temperature)
                .orElse(mirrors -> 1);
        try (CheckpointReader best = run.openBest()) {
            return open(best.config(), best::upload, input, temperature, backend, batch, features);
        }
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
        return open(checkpoint.config(), checkpoint::upload, input, mirrors -> 1, backend, batch, false);
    }

    private static Scorer open(
            ConvNextConfig config,
            Consumer<Variables> weights,
            NetworkInput input,
            IntToDoubleFunction temperature,
            Backend backend,
            int batch,
            boolean features) {
        if (batch < 1) {
            throw new InputException("--batch is " + batch + ", expected at least 1");
        }
        Variables variables = new Variables(backend);
        try {
            BatchFit fit = new BatchFit(
                    particles -> graph(config, input, particles, backend, features),
                    particles -> ImageLoader.bytes(input, particles),
                    variables);
            Program program = fit.compile(batch);
            try {
                weights.accept(variables);
                return new Scorer(input, config.labels(), batch, temperature, variables, program, features);
            } catch (RuntimeException | Error e) {
                program.close();
                throw e;
            }
        } catch (RuntimeException | Error e) {
            variables.close();
            throw e;
        }
    }

    /**
     * The graph for a batch, as the backend runs it best: input {@code x} [particles * images, H, W, C],
     * and where it reads profiles {@code profile}; output
     * {@code logits} [particles * answers, classes], and where they are wanted the features as {@code pooled} [particles *
     * answers, numbers].
     */
    private static Graph graph(
            ConvNextConfig config, NetworkInput input, int particles, Backend backend, boolean features) {
        Graph graph = new Graph();
        long images = Math.multiplyExact((long) particles, input.images());
        Value x = graph.input("x", ConvNext.images(config, images, input.imageSize(), input.imageSize()));
        ConvNext.Outputs outputs = ConvNext.add(graph, config, x);
        graph.output("logits", outputs.logits());
        if (features) {
            graph.output("pooled", outputs.pooled());
        }
        return Passes.inference(DeadNodes.remove(graph), backend);
    }

    /** Class names in the order of the scores. */
    public List<String> classes() {
        return classes;
    }

    /** What it runs on, as {@code --device} names it. */
    public String device() {
        return variables.backend().name();
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
        return score(count, mirrors, particles, profiles, any -> {}, progress);
    }

    /**
     * Scores particles.
     *
     * @param count how many there are
     * @param mirrors over whose answers the mean is taken
     * @param particles gives their slices; read on another thread, a batch ahead
     * @param profiles gives what stands beside their features; read on that thread too
     * @param toFeatures is given each particle's features in turn, what stands beside them left out: the mean over its
     *     images, where these meet behind the classifier, and over its mirrorings; only of a scorer that was opened with
     *     features
     * @param progress is advanced by the particles that are done
     * @return in the order of the particles
     */
    public List<Score> score(
            int count,
            Mirrors mirrors,
            ParticleSource particles,
            ProfileSource profiles,
            Consumer<float[]> toFeatures,
            Progress progress) {
        int each = mirrors.count();
        int shots = Math.multiplyExact(count, each);
        SliceSource slices = (shot, out, at) -> particles.read(shot / each, mirrors.axes(shot % each), out, at);
        ProfileSource beside = (shot, out, at) -> profiles.read(shot / each, out, at);
        try (ImageFeed feed = new LoadedImages(program, input, slices, beside, batch, shots)) {
            return score(count, each, feed, toFeatures, progress);
        }
    }

    /** As {@link #score(SliceCutter, List, Mirrors, Consumer, Progress)}, without features. */
    public List<Score> score(SliceCutter cutter, List<Particle> particles, Mirrors mirrors, Progress progress) {
        return score(cutter, particles, mirrors, any -> {}, progress);
    }

    /**
     * Scores particles of a volume. A card that has room for it, where it saves anything, holds the volume and makes the
     * images itself; which way they come changes nothing in the scores.
     *
     * @param cutter of the volume
     * @param particles inside it
     * @param mirrors over whose answers the mean is taken
     * @param toFeatures as for {@link #score(int, Mirrors, ParticleSource, ProfileSource, Consumer, Progress)}
     * @param progress is advanced by the particles that are done
     * @return in the order of the particles
     */
    public List<Score> score(
            SliceCutter cutter,
            List<Particle> particles,
            Mirrors mirrors,
            Consumer<float[]> toFeatures,
            Progress progress) {
        int shots = Math.multiplyExact(particles.size(), mirrors.count());
        if (card.isPresent() && card.orElseThrow().take(cutter, shots)) {
            ImageFeed feed = card.orElseThrow().feed(cutter, particles, mirrors);
            return score(particles.size(), mirrors.count(), feed, toFeatures, progress);
        }
        return score(
                particles.size(),
                mirrors,
                (particle, axes, out, at) -> cutter.cutMirrored(particles.get(particle), axes, out, at),
                ProfileSource.of(input, cutter.volume(), cutter.placement(), particles),
                toFeatures,
                progress);
    }

    /** @param each shots of a particle */
    private List<Score> score(int count, int each, ImageFeed feed, Consumer<float[]> toFeatures, Progress progress) {
        int shots = count * each;
        List<Score> scores = new ArrayList<>(count);
        double divisor = temperature.applyAsDouble(each);
        int rows = Math.multiplyExact(each, input.answers());
        List<float[]> answers = new ArrayList<>();
        List<float[]> pooled = new ArrayList<>();
        int done = 0;
        if (shots > 0) {
            feed.set(0);
        }
        while (done < shots) {
            program.run();
            results.begin();
            int part = Math.min(batch, shots - done);
            done += part;
            // The next batch travels, or waits to be made, while a card computes this one.
            if (done < shots) {
                feed.set(done);
            }
            List<Tensor> ready = results.await();
            answers.addAll(rows(ready.getFirst(), part * input.answers()));
            int before = scores.size();
            collect(answers, rows, own -> scores.add(Score.of(own, each, input.fusion(), divisor)));
            if (features) {
                pooled.addAll(rows(ready.getLast(), part * input.answers()));
                collect(pooled, rows, own -> toFeatures.accept(mean(own)));
            }
            progress.advance(scores.size() - before);
        }
        return scores;
    }

    private static List<float[]> rows(Tensor matrix, int count) {
        float[] values = matrix.toFloats();
        int width = (int) matrix.shape().channels();
        return IntStream.range(0, count)
                .mapToObj(row -> Arrays.copyOfRange(values, row * width, (row + 1) * width))
                .toList();
    }

    /** Gives on the rows of whole particles, and leaves those of one whose rows are not all there. */
    private static void collect(List<float[]> rows, int each, Consumer<float[][]> particles) {
        int whole = rows.size() / each;
        for (int p = 0; p < whole; p++) {
            particles.accept(rows.subList(p * each, (p + 1) * each).toArray(float[][]::new));
        }
        rows.subList(0, whole * each).clear();
    }

    private static float[] mean(float[][] rows) {
        float[] mean = new float[rows[0].length];
        for (int k = 0; k < mean.length; k++) {
            double sum = 0;
            for (float[] row : rows) {
                sum += row[k];
            }
            mean[k] = (float) (sum / rows.length);
        }
        return mean;
    }

    @Override
    public void close() {
        program.close();
        variables.close();
    }
}
