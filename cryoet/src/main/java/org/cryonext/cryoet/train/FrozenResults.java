package org.cryonext.cryoet.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import java.util.function.IntFunction;
import org.cryonext.cryoet.network.BatchFit;
import org.cryonext.cryoet.network.ImageLoader;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.grad.FrozenPrefix;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;
import org.cryonext.engine.plan.Plan;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;

/**
 * The results of a phase's frozen prefix for all its samples, kept where there is room for them: in memory, else in the
 * run's folder, else nowhere; then each step computes the whole network.
 */
final class FrozenResults implements AutoCloseable {
    /** Part of the memory left by the programs that results may take; the rest is for what cannot be planned. */
    private static final double MEMORY_SHARE = 0.7;

    /** Share of a step's work that must be frozen for its results to be kept. */
    private static final double WORTH_KEEPING = 0.1;

    private static final long DISK_RESERVE = 1L << 30;

    private final Deque<PrefixCache> open = new ArrayDeque<>();
    private final PreparedRun run;
    private final Variables variables;
    private final SliceStore slices;
    private final TrainContext context;
    private final int batch;
    private Optional<PrefixCache> train = Optional.empty();
    private Optional<PrefixCache> validation = Optional.empty();

    private FrozenResults(PreparedRun run, Variables variables, SliceStore slices, TrainContext context) {
        this.run = run;
        this.variables = variables;
        this.slices = slices;
        this.context = context;
        this.batch = run.settings().hyperparameters().batch();
    }

    /**
     * What a phase freezes and is worth keeping.
     *
     * @param train in a training step
     * @param validation in a validation's
     * @param bytes of the results for all particles; 0 if nothing is kept
     */
    private record Splits(Optional<FrozenPrefix> train, Optional<FrozenPrefix> validation, long bytes) {
        static Splits of(PreparedRun run, PhaseGraphs graphs) {
            int batch = run.settings().hyperparameters().batch();
            Optional<FrozenPrefix> train = graphs.trainingSplit(batch).filter(FrozenResults::isWorthKeeping);
            Optional<FrozenPrefix> validation = graphs.evaluationSplit(batch).filter(FrozenResults::isWorthKeeping);
            return new Splits(
                    train,
                    validation,
                    bytes(train, batch, run.samples().train())
                            + bytes(validation, batch, run.samples().validation()));
        }

        private static long bytes(Optional<FrozenPrefix> split, int batch, int[] samples) {
            return split.map(prefix -> PrefixCache.bytesOfParticle(prefix, batch) * samples.length)
                    .orElse(0L);
        }
    }

    /** How much the results of a phase will be, a part of a sentence; empty if none are kept. */
    static Optional<String> size(PreparedRun run, PhaseGraphs graphs) {
        Splits splits = Splits.of(run, graphs);
        return splits.bytes() == 0
                ? Optional.empty()
                : Optional.of("the part of the network that is frozen gives " + BatchFit.gibibytes(splits.bytes())
                        + " for "
                        + (splits.train().isPresent() ? run.samples().train().length + " training and " : "")
                        + run.samples().validation().length + " validation particles");
    }

    /**
     * Computes the results of a phase.
     *
     * @param firstEpoch of the phase
     * @throws StoppedException when a stop is asked for
     */
    static FrozenResults compute(
            PreparedRun run,
            PhaseGraphs graphs,
            int firstEpoch,
            Variables variables,
            SliceStore slices,
            TrainContext context) {
        FrozenResults results = new FrozenResults(run, variables, slices, context);
        try {
            results.compute(graphs, firstEpoch);
            return results;
        } catch (RuntimeException | Error e) {
            results.close();
            throw e;
        }
    }

    private void compute(PhaseGraphs graphs, int firstEpoch) {
        Splits splits = Splits.of(run, graphs);
        if (splits.bytes() == 0) {
            return;
        }
        String frozen = "What is frozen from epoch " + firstEpoch + " on is computed ";
        long memory = memoryLeft(
                graphs, splits.train().isPresent(), splits.validation().isPresent());
        Path folder = run.folder().cache();
        String size = BatchFit.gibibytes(splits.bytes());
        String left = BatchFit.gibibytes(memory) + " of memory";
        Place place = place(splits.bytes(), memory, diskLeft());
        context.say()
                .accept(frozen
                        + switch (place) {
                            case MEMORY -> "once and kept in memory";
                            case DISK -> "once and kept in " + folder + ", since " + left + " are left for its " + size;
                            case NOWHERE ->
                                "again in every step: its " + size + " fit neither into the " + left + " nor the "
                                        + BatchFit.gibibytes(diskLeft()) + " of disk that are left";
                        });
        if (place == Place.NOWHERE) {
            return;
        } else if (place == Place.MEMORY) {
            folder = null;
        }
        if (splits.train().isPresent()) {
            train = cache("train", graphs::trainingSplit, run.samples().train(), folder);
        }
        if (splits.validation().isPresent()) {
            validation =
                    cache("validation", graphs::evaluationSplit, run.samples().validation(), folder);
        }
    }

    /** Where results are kept. */
    enum Place {
        MEMORY,
        DISK,
        NOWHERE
    }

    /** The best place for some bytes; some disk is left for checkpoints and everybody else. */
    static Place place(long bytes, long memory, long disk) {
        if (bytes <= memory) {
            return Place.MEMORY;
        }
        return bytes + DISK_RESERVE <= disk ? Place.DISK : Place.NOWHERE;
    }

    /** Results of little work, as those of a stem, take longer to read than to compute. */
    private static boolean isWorthKeeping(FrozenPrefix split) {
        double frozen = flops(split.prefix());
        return frozen >= WORTH_KEEPING * (frozen + flops(split.rest()));
    }

    private static double flops(Graph graph) {
        return graph.nodes().stream()
                .mapToDouble(node -> node.op().flops(node.types()))
                .sum();
    }

    private long memoryLeft(PhaseGraphs graphs, boolean training, boolean evaluation) {
        Backend backend = variables.backend();
        long programs = Plan.of(graphs.training(batch, training), backend).bytes()
                + Plan.of(graphs.evaluation(batch, evaluation), backend).bytes()
                + ImageLoader.bytes(run.settings().input(), batch);
        return (long) (MEMORY_SHARE * Math.max(0, backend.availableBytes() - programs));
    }

    private long diskLeft() {
        Path folder = run.folder().folder();
        try {
            return Files.getFileStore(folder).getUsableSpace();
        } catch (IOException e) {
            throw new InputException("Cannot read " + folder + ": " + InputFile.reason(e), e);
        }
    }

    private Optional<PrefixCache> cache(
            String name, IntFunction<Optional<FrozenPrefix>> splits, int[] samples, Path folder) {
        Optional<FrozenPrefix> split = splits.apply(batch);
        if (split.isEmpty() || samples.length == 0) {
            return Optional.empty();
        }
        Path file = folder == null ? null : folder.resolve(name + ".f32");
        PrefixCache cache = new PrefixCache(
                split.orElseThrow(), batch, samples, run.samples().samples().size(), file);
        open.push(cache);
        NetworkInput input = run.settings().input();
        BatchFit fit = new BatchFit(
                particles -> splits.apply(particles).orElseThrow().prefix(),
                particles -> ImageLoader.bytes(input, particles),
                variables);
        context.progress().start("Frozen layers, " + name, samples.length, "particles");
        try (Program program = fit.compile(batch);
                ImageFeed feed = new ImageFeed(input, batch)) {
            int[][] batches = batches(samples);
            feed.request(slices, batches[0]);
            for (int i = 0; i < batches.length; i++) {
                if (context.stop().getAsBoolean()) {
                    throw new StoppedException();
                }
                feed.take(program);
                if (i + 1 < batches.length) {
                    feed.request(slices, batches[i + 1]);
                }
                program.run();
                cache.store(program, batches[i]);
                context.progress().advance(batches[i].length);
            }
        }
        context.progress().finish();
        cache.complete();
        return Optional.of(cache);
    }

    private int[][] batches(int[] samples) {
        int[][] batches = new int[(samples.length + batch - 1) / batch][];
        for (int i = 0; i < batches.length; i++) {
            batches[i] = Arrays.copyOfRange(samples, i * batch, Math.min(samples.length, (i + 1) * batch));
        }
        return batches;
    }

    /** Results for the training samples; empty if each step computes them. */
    Optional<PrefixCache> train() {
        return train;
    }

    /** Results for the validation samples; empty if each validation computes them. */
    Optional<PrefixCache> validation() {
        return validation;
    }

    @Override
    public void close() {
        open.forEach(PrefixCache::close);
        open.clear();
    }
}
