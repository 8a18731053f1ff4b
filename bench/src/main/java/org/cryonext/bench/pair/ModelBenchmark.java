package org.cryonext.bench.pair;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.cryonext.bench.model.ModelSettings;
import org.cryonext.engine.backend.cpu.CpuCeilings;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;

/**
 * Measures a model in a process of its own, and beside it other programs: the same weights and images, results that
 * agree before anything is timed, and turns, so that a machine that changes its speed meets both.
 */
public final class ModelBenchmark {
    /** Largest difference of results, as a part of the largest magnitude. */
    private static final double AGREEMENT = 1e-4;

    /** The machine is the same while its peak changes by no more than this. */
    private static final double STEADY = 0.05;

    private static final int MOST_REPEATS = 3;

    private final ModelSettings model;
    private final PairSettings settings;
    private final Path folder;

    private ModelBenchmark(ModelSettings model, PairSettings settings, Path folder) {
        this.model = model;
        this.settings = settings;
        this.folder = folder;
    }

    /**
     * Measures one model.
     *
     * @throws InputException if a program cannot be run, or computes something else
     */
    public static ModelRow run(ModelSettings model, PairSettings settings, Peers peers, Progress progress) {
        try (TemporaryFolder temporary = TemporaryFolder.of("cryonext-bench")) {
            Path folder = temporary.path();
            progress.start(
                    model.name() + " " + model.mode() + ", batch " + model.batch(),
                    (long) settings.rounds() * Math.max(1, peers.all().size()),
                    "rounds");
            CaseFolder.write(folder, model);
            ModelBenchmark benchmark = new ModelBenchmark(model, settings, folder);
            List<PairResult> pairs = new ArrayList<>();
            if (peers.all().isEmpty()) {
                pairs.add(benchmark.alone(progress));
            }
            for (Peer peer : peers.all()) {
                pairs.add(benchmark.pair(peer, progress));
            }
            progress.finish();
            return ModelRow.of(model, pairs);
        }
    }

    private PairResult alone(Progress progress) {
        try (TimedProcess own = own()) {
            outputs(own);
            own.measure(settings.seconds() / 3);
            Turns turns = new Turns(List.of(own), progress);
            return new PairResult(null, turns.speed(0), null, null, turns.peaks, turns.repeated, turns.unsteady);
        }
    }

    private PairResult pair(Peer peer, Progress progress) {
        String layout = fastestLayout(peer);
        try (TimedProcess own = own();
                TimedProcess other = start(peer, layout)) {
            double difference = difference(own, other);
            own.measure(settings.seconds() / 3);
            other.measure(settings.seconds() / 3);
            Turns turns = new Turns(List.of(own, other), progress);
            return new PairResult(
                    peer.column(),
                    turns.speed(0),
                    turns.speed(1),
                    difference,
                    turns.peaks,
                    turns.repeated,
                    turns.unsteady);
        }
    }

    /** Several rounds, in each of which every process is measured once. */
    private final class Turns {
        final List<Double> peaks = new ArrayList<>();
        int repeated;
        int unsteady;
        private final List<TimedProcess> processes;
        private final List<List<Long>> times = new ArrayList<>();

        Turns(List<TimedProcess> processes, Progress progress) {
            this.processes = processes;
            processes.forEach(process -> times.add(new ArrayList<>()));
            for (int round = 0; round < settings.rounds(); round++) {
                round();
                progress.advance(1);
            }
        }

        private void round() {
            for (int attempt = 0; ; attempt++) {
                double before = CpuCeilings.gigaflops(model.threads());
                List<List<Long>> measured = processes.stream()
                        .map(process -> process.measure(settings.seconds() / settings.rounds()))
                        .toList();
                double after = CpuCeilings.gigaflops(model.threads());
                boolean steady = Math.abs(after / before - 1) <= STEADY;
                if (!steady && attempt < MOST_REPEATS) {
                    repeated++;
                    continue;
                }
                unsteady += steady ? 0 : 1;
                peaks.add(before);
                peaks.add(after);
                for (int i = 0; i < measured.size(); i++) {
                    times.get(i).addAll(measured.get(i));
                }
                return;
            }
        }

        Speed speed(int process) {
            TimedProcess one = processes.get(process);
            return Speed.of(
                    one.description(), model.batch(), times.get(process), one.peakMegabytes(), one.firstSeconds());
        }
    }

    private String fastestLayout(Peer peer) {
        if (peer.layouts().size() == 1) {
            return peer.layouts().getFirst();
        }
        return peer.layouts().stream()
                .min(Comparator.comparingDouble(layout -> {
                    try (TimedProcess process = start(peer, layout)) {
                        process.measure(settings.seconds() / 6);
                        return process.measure(settings.seconds() / 3).stream()
                                .mapToLong(Long::longValue)
                                .sorted()
                                .limit(2)
                                .average()
                                .orElseThrow();
                    }
                }))
                .orElseThrow();
    }

    private double difference(TimedProcess own, TimedProcess other) {
        float[] ours = outputs(own);
        float[] theirs = outputs(other);
        if (ours.length != theirs.length) {
            throw new InputException(
                    other.name() + " gave " + theirs.length + " numbers, and this engine " + ours.length);
        }
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < ours.length; i++) {
            largest = Math.max(largest, Math.abs(ours[i]));
            double d = Math.abs(ours[i] - theirs[i]);
            difference = Double.isNaN(d) ? Double.POSITIVE_INFINITY : Math.max(difference, d);
        }
        double relative = largest == 0 ? difference : difference / largest;
        if (relative > AGREEMENT) {
            throw new InputException("The results of " + other.name() + " and this engine differ by " + relative
                    + " of the largest; expected at most " + AGREEMENT + ", so nothing was timed");
        }
        return relative;
    }

    private float[] outputs(TimedProcess process) {
        Path file = folder.resolve("outputs.f32");
        process.outputs(file);
        try {
            return CaseFolder.floats(file);
        } catch (IOException e) {
            throw new InputException("The results of " + process.name() + " cannot be read: " + e.getMessage(), e);
        }
    }

    private TimedProcess start(Peer peer, String layout) {
        return new TimedProcess(peer.name(), peer.command(folder, model, layout), peer.environment(), folder);
    }

    private TimedProcess own() {
        List<String> command = new ArrayList<>(EngineCommand.of(OwnProcess.class));
        command.add(folder.toString());
        command.add(model.mode().toString());
        command.add(String.valueOf(model.batch()));
        command.add(String.valueOf(model.imageSize()));
        command.add(String.valueOf(model.threads()));
        command.add(String.valueOf(model.recompute()));
        return new TimedProcess("CryoNeXt", command, Map.of(), folder);
    }
}
