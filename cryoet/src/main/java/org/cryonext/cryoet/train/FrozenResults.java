package org.cryonext.cryoet.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cryonext.cryoet.network.BatchFit;
import org.cryonext.cryoet.network.ImageLoader;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.io.AtomicFile;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.plan.Plan;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;

/**
 * The results of a phase's frozen prefix for all its samples. With {@code --frozen-cache} they are those of an earlier run,
 * or kept for later ones; else they are kept where there is room for them: in Java's heap, else in the run's folder, else
 * nowhere; then each step computes the whole network.
 */
final class FrozenResults implements AutoCloseable {
    private final Deque<PrefixCache> open = new ArrayDeque<>();
    private final PreparedRun run;
    private final PhaseGraphs graphs;
    private final FrozenSplits splits;
    private final Variables variables;
    private final SliceStore slices;
    private final TrainContext context;
    private final int batch;
    /** Files for these results in the folder that was given, by the part's name; none where none was. */
    private final Map<String, Path> files = new HashMap<>();

    private final Map<String, PrefixCache> caches = new HashMap<>();

    private FrozenResults(
            PreparedRun run, PhaseGraphs graphs, Variables variables, SliceStore slices, TrainContext context) {
        this.run = run;
        this.graphs = graphs;
        this.splits = FrozenSplits.of(run, graphs);
        this.variables = variables;
        this.slices = slices;
        this.context = context;
        this.batch = run.settings().hyperparameters().batch();
    }

    /**
     * Finds or computes the results of a phase.
     *
     * @param firstEpoch of the phase
     * @throws StoppedException when a stop is asked for
     */
    static FrozenResults of(
            PreparedRun run,
            PhaseGraphs graphs,
            int firstEpoch,
            Variables variables,
            SliceStore slices,
            TrainContext context) {
        FrozenResults results = new FrozenResults(run, graphs, variables, slices, context);
        try {
            results.fill(firstEpoch);
            return results;
        } catch (RuntimeException | Error e) {
            results.close();
            throw e;
        }
    }

    private void fill(int firstEpoch) {
        deleteLeft();
        String frozen = "What is frozen from epoch " + firstEpoch + " on ";
        List<FrozenPart> missing = new ArrayList<>(splits.parts());
        if (context.frozenCache() != null) {
            missing.removeIf(this::isThere);
            if (!caches.isEmpty()) {
                context.say().accept(frozen + "was computed by an earlier run: " + earlierFiles());
            }
        }
        if (missing.isEmpty()) {
            return;
        }
        long bytes = missing.stream().mapToLong(FrozenPart::bytes).sum();
        FrozenPlace place = place(bytes, frozen);
        if (place != FrozenPlace.NOWHERE) {
            missing.forEach(part -> compute(part, place));
        }
    }

    /** What an earlier start of this run left when it was killed would be in the way when the run's cache is deleted. */
    private void deleteLeft() {
        for (String name : List.of(FrozenPart.TRAIN, FrozenPart.VALIDATION)) {
            Path file = ownFile(name);
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw new InputException("Cannot delete " + file + ": " + AtomicFile.reason(file, e), e);
            }
        }
    }

    private Path ownFile(String name) {
        FrozenFormat format = FrozenFormat.of(run.settings().hyperparameters());
        return run.folder().cache().resolve(name + format.suffix());
    }

    /** Whether an earlier run has computed a part, which then is read. */
    private boolean isThere(FrozenPart part) {
        NetworkInput input = run.settings().input();
        Plan plan = Plan.of(part.split().prefix(), variables.backend());
        Path file = new FrozenFolder(context.frozenCache())
                .file(FrozenDigest.of(plan, variables, input, slices, part.samples()), part.format());
        files.put(part.name(), file);
        Optional<FrozenFile> earlier = FrozenFolder.earlier(file, part, context.say());
        earlier.ifPresent(results -> open(part, results));
        return earlier.isPresent();
    }

    private String earlierFiles() {
        return String.join(
                ", ",
                splits.parts().stream()
                        .filter(part -> caches.containsKey(part.name()))
                        .map(part -> files.get(part.name()) + " (" + part.name() + ")")
                        .toList());
    }

    private PrefixCache open(FrozenPart part, FrozenStore store) {
        PrefixCache cache = new PrefixCache(part, run.samples().samples().size(), store);
        open.push(cache);
        caches.put(part.name(), cache);
        return cache;
    }

    /** The best place for some bytes; says which. */
    private FrozenPlace place(long bytes, String frozen) {
        String size = BatchFit.gibibytes(bytes);
        if (context.frozenCache() != null) {
            long left = FrozenPlace.diskLeft(context.frozenCache());
            if (FrozenPlace.fits(bytes, left)) {
                context.say()
                        .accept(frozen + "is computed once and kept in " + context.frozenCache() + " for later runs");
                return FrozenPlace.FOLDER;
            }
            context.say()
                    .accept(context.frozenCache() + " has " + BatchFit.gibibytes(left)
                            + " of disk left, too little to keep the " + size
                            + " of what is frozen for later runs: free some, or choose another folder");
        }
        long memory = memoryLeft();
        long disk = FrozenPlace.diskLeft(run.folder().folder());
        FrozenPlace place = FrozenPlace.within(bytes, memory, disk);
        String left = BatchFit.gibibytes(memory) + " of memory";
        String nowhere = "its " + size + " fit neither into the " + left + " nor the " + BatchFit.gibibytes(disk)
                + " of disk that are left";
        if (place == FrozenPlace.NOWHERE && FrozenFormat.of(run.settings().hyperparameters()) != FrozenFormat.F32) {
            // Computed again they would not be rounded, and results would depend on the room that there is.
            throw new InputException(frozen + "cannot be kept in half precision, as --frozen-f16 has it: " + nowhere
                    + "; free some disk, or give more memory with --memory");
        }
        context.say()
                .accept(frozen
                        + switch (place) {
                            case FOLDER, MEMORY -> "is computed once and kept in memory";
                            case DISK ->
                                "is computed once and kept in " + run.folder().cache() + ", since " + left
                                        + " are left for its " + size;
                            case NOWHERE -> "is computed again in every step: " + nowhere;
                        });
        return place;
    }

    private long memoryLeft() {
        Backend backend = variables.backend();
        long programs = Plan.of(graphs.training(batch, splits.train().isPresent()), backend)
                        .bytes()
                + Plan.of(graphs.evaluation(batch, splits.validation().isPresent()), backend)
                        .bytes();
        long host = ImageLoader.bytes(run.settings().input(), batch) + PhaseSession.bytesToSave(variables);
        return FrozenPlace.memoryLeft(backend, programs, host);
    }

    private FrozenStore store(FrozenPart part, FrozenPlace place) {
        return switch (place) {
            case FOLDER -> FrozenFile.write(part.particle(), Draft.of(files.get(part.name())));
            case DISK -> FrozenFile.write(part.particle(), Draft.temporary(ownFile(part.name())));
            case MEMORY, NOWHERE -> new FrozenMemory(part.samples().length);
        };
    }

    private void compute(FrozenPart part, FrozenPlace place) {
        PrefixCache cache = open(part, store(part, place));
        NetworkInput input = run.settings().input();
        BatchFit fit = new BatchFit(part::prefix, particles -> ImageLoader.bytes(input, particles), variables);
        context.progress().start("Frozen layers, " + part.name(), part.samples().length, "particles");
        try (Program program = fit.compile(batch);
                ImageFeed feed = new ImageFeed(input, batch)) {
            int[][] batches = batches(part.samples());
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
        return Optional.ofNullable(caches.get(FrozenPart.TRAIN));
    }

    /** Results for the validation samples; empty if each validation computes them. */
    Optional<PrefixCache> validation() {
        return Optional.ofNullable(caches.get(FrozenPart.VALIDATION));
    }

    @Override
    public void close() {
        open.forEach(PrefixCache::close);
        open.clear();
    }
}
