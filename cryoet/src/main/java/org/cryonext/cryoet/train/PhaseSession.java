package org.cryonext.cryoet.train;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.cryonext.cryoet.network.BatchFit;
import org.cryonext.cryoet.network.ImageLoader;
import org.cryonext.cryoet.network.ReverseMix;
import org.cryonext.cryoet.network.SliceSource;
import org.cryonext.cryoet.run.Hyperparameters;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.cryoet.run.ProfileInput;
import org.cryonext.cryoet.triplet.Dihedral;
import org.cryonext.cryoet.triplet.TrainingStream;
import org.cryonext.engine.backend.Outlet;
import org.cryonext.engine.io.Closing;
import org.cryonext.engine.op.CounterRandom;
import org.cryonext.engine.optim.Optimizer;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.models.convnext.ConvNext;
import org.cryonext.models.convnext.ConvNextConfig;

/** The programs of a phase, in which what trains does not change, and the data that they are fed. */
final class PhaseSession implements AutoCloseable {
    private final PreparedRun run;
    private final Hyperparameters numbers;
    private final MixUp mixUp;
    /** What stands beside the features; null for nothing. */
    private final ProfileInput profile;

    private final SliceStore slices;
    private final Optional<VariedSlices> varied;
    private final Optimizer optimizer;
    private final Map<Integer, Program> training = new HashMap<>();
    private final Map<Program, Outlet> results = new HashMap<>();
    private final Program evaluation;
    private final Outlet evaluationResults;
    private final BatchFeed trainFeed;
    private final BatchFeed evaluationFeed;
    private final Deque<Runnable> open = new ArrayDeque<>();

    /** Whether the images of the next step are on their way already. */
    private boolean travelling;

    /**
     * Compiles a phase and computes what is frozen in it.
     *
     * @param sizes particles of the batches that will come
     * @param optimizerSteps updates made in the phase so far; 0 begins it, with moments of zero
     * @param slices of all samples as they are
     * @param varied of the training samples as an augmentation shows them; empty where there is none
     * @throws StoppedException when a stop is asked for
     */
    PhaseSession(
            PreparedRun run,
            Phase phase,
            Set<Integer> sizes,
            long optimizerSteps,
            Variables variables,
            SliceStore slices,
            Optional<VariedSlices> varied,
            TrainContext context) {
        this.varied = varied;
        this.run = run;
        this.numbers = run.settings().hyperparameters();
        this.mixUp = new MixUp(numbers.mixup(), numbers.seed());
        this.slices = slices;
        NetworkInput input = run.settings().input();
        profile = input.profile();
        ConvNextConfig config = run.initial().config();
        optimizer = phase.optimizer(config, numbers, context.backend().precision());
        optimizer.resume(optimizerSteps);
        if (optimizerSteps == 0) {
            optimizer.begin(variables);
        }
        PhaseGraphs graphs = new PhaseGraphs(run, phase, optimizer, context);
        try {
            FrozenResults frozen = FrozenResults.of(run, graphs, phase.firstEpoch(), variables, slices, context);
            open.push(frozen::close);
            trainFeed = feed(frozen.train(), input);
            evaluationFeed = feed(frozen.validation(), input);
            for (int size : new TreeSet<>(sizes).descendingSet()) {
                BatchFit fit = new BatchFit(
                        particles -> graphs.training(particles, frozen.train().isPresent()),
                        particles -> ImageLoader.bytes(input, particles) + bytesToSave(variables),
                        variables,
                        context.recompute() ? "" : "take less with --recompute");
                Program program = fit.compile(size);
                open.push(program::close);
                training.put(size, program);
                results.put(program, program.outlet(resultNames()));
                if (!numbers.classWeights().isEmpty()) {
                    double[] weights = numbers.classWeights().stream()
                            .mapToDouble(Double::doubleValue)
                            .toArray();
                    program.set(TrainingGraphs.CLASS_WEIGHTS, Tensor.of(weights, weights.length));
                }
            }
            BatchFit fit = new BatchFit(
                    particles ->
                            graphs.evaluation(particles, frozen.validation().isPresent()),
                    particles -> 0,
                    variables);
            evaluation = fit.compile(numbers.batch());
            open.push(evaluation::close);
            evaluationResults = evaluation.outlet(TrainingGraphs.LOGITS);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** A checkpoint is written from a copy of all variables. */
    static long bytesToSave(Variables variables) {
        return variables.names().stream()
                .mapToLong(name -> variables.type(name).bytes())
                .sum();
    }

    private BatchFeed feed(Optional<PrefixCache> cache, NetworkInput input) {
        BatchFeed feed = cache.<BatchFeed>map(CachedFeed::new).orElseGet(() -> new ImageFeed(input, numbers.batch()));
        open.push(feed::close);
        return feed;
    }

    /** What a step brings home, in this order. */
    private String[] resultNames() {
        return Stream.concat(Stream.of(TrainingGraphs.LOSS, TrainingGraphs.LOGITS), optimizer.factor().stream())
                .toArray(String[]::new);
    }

    /** Updates made in the phase so far. */
    long optimizerSteps() {
        return optimizer.steps();
    }

    /** Announces a training batch of an epoch; there may be one announced that was not trained. */
    void announce(int epoch, Batch batch) {
        double share = mixUp.share(epoch, batch);
        if (varied.isEmpty() && !numbers.augment()) {
            trainFeed.request(slices, batch.samples(), share);
            return;
        }
        // Each draw is varied otherwise, so that it is the draws that are asked for.
        SliceSource source = varied.map(all -> all.of(epoch, batch))
                .orElse((place, out, at) -> slices.read(batch.samples()[place], out, at));
        int[] places = IntStream.range(0, batch.size()).toArray();
        trainFeed.request(numbers.augment() ? turned(source, epoch, batch) : source, places, share);
    }

    private SliceSource turned(SliceSource source, int epoch, Batch batch) {
        int edge = run.settings().input().crop();
        int slice = edge * edge;
        byte[] straight = new byte[run.settings().input().sliceBytes()];
        // The channels of an image are turned together.
        int viewsAnImage = run.settings().input().viewsAnImage();
        return (place, out, at) -> {
            source.read(place, straight, 0);
            for (int v = 0; v < run.settings().input().views().size(); v++) {
                int symmetry = Dihedral.choose(numbers.seed(), epoch, batch.draw(place), v / viewsAnImage);
                Dihedral.apply(edge, symmetry, straight, v * slice, out, at + v * slice);
            }
        };
    }

    /**
     * Result of a step.
     *
     * @param loss mean over the batch
     * @param correct particles that were classified rightly, before the update
     */
    record Step(double loss, int correct) {}

    /**
     * Trains a batch that was announced. What is random depends on the run's seed and the step alone. While a card computes,
     * the next batch travels to it; then the step waits, once, for its results.
     *
     * @param next the batch to be announced meanwhile, or null
     * @param learningRates by group
     */
    Step train(int epoch, Batch batch, Batch next, long step, Map<String, Double> learningRates) {
        Program program = training.get(batch.size());
        if (!travelling) {
            trainFeed.take(program);
        }
        travelling = next != null;
        if (profile != null) {
            float[] rows = run.profiles().trainingRows(profile, batch, numbers.seed(), epoch);
            ReverseMix.mix(rows, profile.mean().size(), batch.size(), mixUp.share(epoch, batch));
            program.set(
                    ConvNext.PROFILE,
                    Tensor.of(rows, batch.size(), profile.mean().size()));
        }
        if (next != null) {
            announce(epoch, next);
        }
        int[] labels = labels(batch.samples());
        program.set(TrainingGraphs.LABELS, Tensor.of(labels, labels.length));
        if (numbers.mixup() > 0) {
            int[] others = labels.clone();
            Arrays.setAll(others, i -> labels[labels.length - 1 - i]);
            program.set(TrainingGraphs.OTHERS, Tensor.of(others, others.length));
            program.set(TrainingGraphs.PART, Tensor.of(new double[] {mixUp.share(epoch, batch)}, 1));
        }
        if (program.plan().graph().inputs().containsKey(TrainingGraphs.SEED)) {
            long bits = CounterRandom.bits(TrainingStream.STEP.key(numbers.seed()), step);
            program.set(TrainingGraphs.SEED, Tensor.of(new int[] {(int) bits, (int) (bits >>> 32)}, 2));
        }
        optimizer.next(program, learningRates);
        program.run();
        Outlet home = results.get(program);
        home.begin();
        if (next != null) {
            trainFeed.take(training.get(next.size()));
        }
        List<Tensor> brought = home.await();
        if (brought.size() > 2) {
            optimizer.made(brought.get(2));
        }
        float[] logits = brought.get(1).toFloats();
        int correct = 0;
        for (int i = 0; i < labels.length; i++) {
            correct += Validation.largest(logits, i, run.settings().classes().size()) == labels[i] ? 1 : 0;
        }
        return new Step(brought.get(0).get(0), correct);
    }

    private int[] labels(int[] samples) {
        int[] labels = new int[samples.length];
        Arrays.setAll(labels, i -> run.samples().samples().get(samples[i]).label());
        return labels;
    }

    /** Classifies all validation samples with the weights, or their averages, as they are now. */
    Validation validate() {
        int[] samples = run.samples().validation();
        int batch = numbers.batch();
        Validation validation = new Validation(run.settings().classes().size());
        if (samples.length > 0) {
            evaluationFeed.request(slices, part(samples, 0, batch));
            evaluationFeed.take(evaluation);
        }
        for (int at = 0; at < samples.length; at += batch) {
            if (profile != null) {
                float[] rows = run.profiles().rows(profile, part(samples, at, batch), batch);
                evaluation.set(
                        ConvNext.PROFILE, Tensor.of(rows, batch, profile.mean().size()));
            }
            if (at + batch < samples.length) {
                evaluationFeed.request(slices, part(samples, at + batch, batch));
            }
            evaluation.run();
            evaluationResults.begin();
            if (at + batch < samples.length) {
                evaluationFeed.take(evaluation);
            }
            float[] logits = evaluationResults.await().getFirst().toFloats();
            validation.add(logits, labels(part(samples, at, batch)));
        }
        return validation;
    }

    private static int[] part(int[] samples, int from, int batch) {
        return Arrays.copyOfRange(samples, from, Math.min(samples.length, from + batch));
    }

    @Override
    public void close() {
        List<Runnable> closers = List.copyOf(open);
        open.clear();
        Closing.all(closers);
    }
}
