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
     * Computes the results of a phase.
     *
     * @throws StoppedException when a stop is asked for
     */
    static FrozenResults compute(
            PreparedRun run, PhaseGraphs graphs, Variables variables, SliceStore slices, TrainContext context) {
        FrozenResults results = new FrozenResults(run, variables, slices, context);
        try {
            results.compute(graphs);
            return results;
        } catch (RuntimeException | Error e) {
            results.close();
            throw e;
        }
    }

    private void compute(PhaseGraphs graphs) {
        Optional<FrozenPrefix> trainSplit = graphs.trainingSplit(batch).filter(FrozenResults::isWorthKeeping);
        Optional<FrozenPrefix> validationSplit = graphs.evaluationSplit(batch).filter(FrozenResults::isWorthKeeping);
        long bytes = bytes(trainSplit, run.samples().train())
                + bytes(validationSplit, run.samples().validation());
        if (bytes == 0) {
            return;
        }
        String size = "The part of the network that is frozen gives " + BatchFit.gibibytes(bytes) + " for "
                + (trainSplit.isPresent() ? run.samples().train().length + " training and " : "")
                + run.samples().validation().length + " validation particles";
        long memory = memoryLeft(graphs, trainSplit.isPresent(), validationSplit.isPresent());
        Path folder = run.folder().cache();
        if (bytes <= memory) {
            context.say().accept(size + "; computed once and kept in memory");
            folder = null;
        } else if (bytes + DISK_RESERVE <= diskLeft()) {
            context.say()
                    .accept(size + "; computed once and kept in " + folder + ", since " + BatchFit.gibibytes(memory)
                            + " of memory are left for it");
        } else {
            context.say()
                    .accept(size + "; with " + BatchFit.gibibytes(memory) + " of memory and "
                            + BatchFit.gibibytes(diskLeft()) + " of disk left it is computed again in every step");
            return;
        }
        if (trainSplit.isPresent()) {
            train = cache("train", graphs::trainingSplit, run.samples().train(), folder);
        }
        if (validationSplit.isPresent()) {
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

    private long bytes(Optional<FrozenPrefix> split, int[] samples) {
        return split.map(prefix -> PrefixCache.bytesOfParticle(prefix, batch) * samples.length)
                .orElse(0L);
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
