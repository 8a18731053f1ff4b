package org.cryonext.cryoet.train;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.cryonext.cryoet.card.ModelCard;
import org.cryonext.cryoet.network.BatchFit;
import org.cryonext.cryoet.particle.ClassNames;
import org.cryonext.cryoet.run.ChosenKernels;
import org.cryonext.cryoet.run.Hyperparameters;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.engine.backend.MemoryException;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.optim.Optimizer;
import org.cryonext.engine.optim.Schedule;
import org.cryonext.engine.runtime.Variables;

/**
 * Trains a network on the particles of tomograms. Every number follows from the run's settings, the data and the step:
 * a run that was stopped, even by force, and resumed ends with the same bits as one that was not.
 */
public final class Trainer {
    /** How often a long epoch is saved, so that little is lost by a crash. */
    private static final long SAVE_NANOS = 180_000_000_000L;

    private final PreparedRun run;
    private final Hyperparameters numbers;
    private final TrainContext context;
    private final Variables variables;
    private final RunState state;
    private final List<Phase> phases;
    private final Schedule schedule;
    private final ChosenKernels kernels;
    private Counters counters = new Counters();

    private Trainer(PreparedRun run, TrainContext context, Variables variables) {
        this.run = run;
        this.numbers = run.settings().hyperparameters();
        this.context = context;
        this.variables = variables;
        this.state = new RunState(run.folder(), run.initial(), variables);
        this.kernels = ChosenKernels.of(run.folder());
        context.backend().repeat(kernels.map(), context.say());
        this.phases = Phase.of(numbers);
        long steps = 0;
        for (int epoch = 0; epoch < numbers.epochs(); epoch++) {
            steps += run.batches().apply(epoch).size();
        }
        long warmup = Math.round(numbers.warmupEpochs() * run.batches().apply(0).size());
        this.schedule = new Schedule(numbers.schedule(), warmup, steps);
    }

    /**
     * Begins a run, or resumes one, and trains until it is complete or a stop is asked for.
     *
     * @throws InputException if anything that was given cannot be used, or the loss is no longer a finite number
     */
    public static TrainResult run(TrainOptions options, TrainContext context) {
        options.check();
        if (context.frozenCache() != null) {
            new FrozenFolder(context.frozenCache()).prepare();
        }
        PreparedRun run = options.resume
                ? Preparation.resume(options, context.progress())
                : Preparation.begin(options, context.backend(), context.progress());
        TrainResult result;
        try (Variables variables = new Variables(context.backend())) {
            Trainer trainer = new Trainer(run, context, variables);
            try {
                result = trainer.run(options);
            } catch (InputException | MemoryException e) {
                if (!options.resume && trainer.counters.step == 0) {
                    discard(run.folder(), e);
                }
                throw e;
            }
        }
        // Now that the variables of the training have given back their memory.
        if (result.end() == TrainResult.End.STOPPED) {
            return result;
        }
        try {
            if (options.calibrateTta) {
                MirroredCalibration.complete(run, context);
            }
            ModelCard.write(run.folder());
            return result;
        } catch (StoppedException e) {
            return result.stopped();
        }
    }

    /** Nothing was trained, and the user will want to try other options for the same folder. */
    private static void discard(RunFolder folder, RuntimeException cause) {
        try {
            folder.delete();
        } catch (InputException e) {
            cause.addSuppressed(e);
        }
    }

    private TrainResult run(TrainOptions options) {
        counters = state.load();
        if (counters.finished) {
            context.say()
                    .accept("The run in " + run.folder().folder() + " is complete; "
                            + (options.calibrateTta && MirroredCalibration.isMissing(run)
                                    ? "what its validation particles say under mirrorings is added"
                                    : "there is nothing to resume"));
            return result(TrainResult.End.COMPLETE);
        }
        if (!options.resume) {
            // Now, so that a run that is stopped, or goes astray, has a card too.
            ModelCard.write(run.folder());
        }
        run.dataset().notes().forEach(context.say());
        run.notes().forEach(context.say());
        run.initial().report().forEach(context.say());
        ClassNames.oddity(run.samples().samples().stream().map(Sample::particle).toList())
                .ifPresent(context.say());
        TrainedClasses.untrained(run).ifPresent(context.say());
        describe();
        Path slicesFile = run.folder().cache().resolve("slices.u8");
        TrainResult.End end;
        try (SliceStore slices = SliceStore.open(
                        slicesFile,
                        run.dataset(),
                        run.samples().samples(),
                        run.settings().input(),
                        context);
                VariedSlices varied = numbers.augmentation() == null ? null : VariedSlices.open(run, context);
                MetricsLog metrics = MetricsLog.open(run.folder().metrics(), counters.metricsLines);
                TrainingEvents events = TrainingEvents.wanted(options, run.folder())
                        ? TrainingEvents.open(run.folder(), counters.step)
                        : null) {
            if (options.dumpParticles > 0) {
                ParticleDump.write(run.folder().particles(), run, slices, options.dumpParticles);
            }
            RunLog log = new RunLog(metrics, Optional.ofNullable(events));
            end = epochs(slices, Optional.ofNullable(varied), log);
        } catch (StoppedException e) {
            return result(TrainResult.End.STOPPED);
        }
        if (end != TrainResult.End.STOPPED) {
            VariedSlices.delete(slicesFile.getParent());
            SliceStore.delete(slicesFile);
        }
        return result(end);
    }

    private void describe() {
        context.say()
                .accept(run.samples().train().length + " particles train, "
                        + run.samples().validation().length + " validate; their slices take "
                        + BatchFit.gibibytes(SliceStore.bytes(
                                run.settings().input(), run.samples().samples()))
                        + " in " + run.folder().cache());
        // All phases now, so that nobody finds out after days what the next one takes.
        boolean frozen = false;
        for (Phase phase : phases.subList(phases.indexOf(Phase.at(phases, counters.epoch)), phases.size())) {
            PhaseGraphs graphs = new PhaseGraphs(run, phase, optimizer(phase), context);
            Optional<String> size = FrozenSplits.of(run, graphs).size();
            frozen |= size.isPresent();
            context.say()
                    .accept(phase.describe(run.initial().config())
                            + size.map(words -> ", and " + words).orElse(""));
        }
        if (context.frozenCache() != null && !frozen) {
            context.say()
                    .accept("--frozen-cache has nothing to keep: no part of the network gives the same results in every"
                            + " epoch");
        }
    }

    private Optimizer optimizer(Phase phase) {
        return phase.optimizer(
                run.initial().config(), numbers, context.backend().precision());
    }

    private TrainResult result(TrainResult.End end) {
        return new TrainResult(
                run.folder(), end, counters.step, counters.epoch, counters.bestEpoch, counters.bestAccuracy);
    }

    private TrainResult.End epochs(SliceStore slices, Optional<VariedSlices> varied, RunLog log) {
        while (counters.epoch < numbers.epochs()) {
            Phase phase = Phase.at(phases, counters.epoch);
            int next = nextPhase(phase);
            boolean begins = counters.epoch == phase.firstEpoch() && counters.batch == 0;
            if (begins) {
                counters.optimizerSteps = 0;
            }
            try (PhaseSession session = new PhaseSession(
                    run,
                    phase,
                    sizes(counters.epoch, next),
                    counters.optimizerSteps,
                    variables,
                    slices,
                    varied,
                    context)) {
                while (counters.epoch < next) {
                    if (!epoch(session, phase, log)) {
                        return TrainResult.End.STOPPED;
                    }
                    if (counters.finished && counters.epoch < numbers.epochs()) {
                        return TrainResult.End.EARLY_STOP;
                    }
                }
            }
        }
        return TrainResult.End.COMPLETE;
    }

    private int nextPhase(Phase phase) {
        int index = phases.indexOf(phase) + 1;
        return index < phases.size() ? phases.get(index).firstEpoch() : numbers.epochs();
    }

    private Set<Integer> sizes(int from, int to) {
        Set<Integer> sizes = new TreeSet<>();
        for (int epoch = from; epoch < to; epoch++) {
            run.batches().apply(epoch).forEach(batch -> sizes.add(batch.length));
        }
        return sizes;
    }

    /** Trains what is left of the current epoch and validates; false if a stop was asked for. */
    private boolean epoch(PhaseSession session, Phase phase, RunLog log) {
        List<Batch> batches = Batch.of(run.batches().apply(counters.epoch));
        int views = run.settings().input().images();
        long images = batches.stream()
                .skip(counters.batch)
                .mapToLong(batch -> (long) batch.size() * views)
                .sum();
        context.progress().start(TrainingLines.title(counters.epoch, numbers.epochs()), images, "images");
        long clock = System.nanoTime();
        long saved = clock;
        if (counters.batch < batches.size()) {
            session.announce(counters.epoch, batches.get(counters.batch));
        }
        while (counters.batch < batches.size()) {
            Batch batch = batches.get(counters.batch);
            boolean stop = context.stop().getAsBoolean();
            if (stop || System.nanoTime() - saved > SAVE_NANOS) {
                counters.seconds += (System.nanoTime() - clock) * 1e-9;
                save(log);
                clock = System.nanoTime();
                saved = clock;
                if (stop) {
                    return false;
                }
            }
            long start = System.nanoTime();
            Map<String, Double> rates = phase.rates(run.initial().config(), numbers, schedule.factor(counters.step));
            Batch next = counters.batch + 1 < batches.size() ? batches.get(counters.batch + 1) : null;
            PhaseSession.Step step = session.train(counters.epoch, batch, next, counters.step, rates);
            requireFinite(step.loss());
            double speed = batch.size() * views / ((System.nanoTime() - start) * 1e-9);
            log.append(TrainingLines.step(counters, step, rates, speed));
            counters.optimizerSteps = session.optimizerSteps();
            counters.nextStep(step, batch.size());
            context.progress().advance((long) batch.size() * views);
            context.progress().note(TrainingLines.note(counters, speed));
        }
        counters.seconds += (System.nanoTime() - clock) * 1e-9;
        finishEpoch(session, log, batches.size());
        return true;
    }

    private void requireFinite(double loss) {
        if (!Double.isFinite(loss)) {
            throw new InputException("The loss of step " + counters.step + " (epoch " + counters.epoch + ", from 0) is "
                    + loss + ": the training has gone astray; begin another run with smaller --lr-head and"
                    + " --lr-backbone, or with --clip-norm 1"
                    + (counters.step == 0
                            ? ""
                            : ". What was saved before that step is in "
                                    + run.folder().newest()));
        }
    }

    private void finishEpoch(PhaseSession session, RunLog log, int steps) {
        long start = System.nanoTime();
        Validation validation = session.validate();
        boolean best = counters.bestEpoch < 0 || !(validation.accuracy() <= counters.bestAccuracy);
        if (best) {
            counters.bestEpoch = counters.epoch;
            counters.bestAccuracy = validation.accuracy();
            counters.epochsWithoutBetter = 0;
            state.saveBest();
            validation.calibration().ifPresent(run.folder()::write);
        } else {
            counters.epochsWithoutBetter++;
        }
        double seconds = counters.seconds + (System.nanoTime() - start) * 1e-9;
        log.append(TrainingLines.epoch(counters, steps, validation, best, seconds));
        context.progress().finish();
        context.say().accept(TrainingLines.summary(counters, steps, validation, best));
        counters.nextEpoch();
        counters.finished = counters.epoch == numbers.epochs()
                || numbers.patience() > 0 && counters.epochsWithoutBetter >= numbers.patience();
        save(log);
        ModelCard.write(run.folder());
    }

    private void save(RunLog log) {
        counters.metricsLines = log.sync();
        kernels.add(context.backend().choices());
        state.saveNewest(counters);
    }
}
