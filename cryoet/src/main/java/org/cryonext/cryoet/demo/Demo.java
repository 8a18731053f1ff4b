package org.cryonext.cryoet.demo;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.cryonext.cryoet.baseline.Profiles;
import org.cryonext.cryoet.dataset.Dataset;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.evaluate.Evaluation;
import org.cryonext.cryoet.evaluate.EvaluationSettings;
import org.cryonext.cryoet.evaluate.Evaluator;
import org.cryonext.cryoet.evaluate.InnerParticles;
import org.cryonext.cryoet.network.Mirrors;
import org.cryonext.cryoet.report.Epoch;
import org.cryonext.cryoet.report.EpochLog;
import org.cryonext.cryoet.report.ProtocolRow;
import org.cryonext.cryoet.report.Report;
import org.cryonext.cryoet.report.ReportInput;
import org.cryonext.cryoet.report.Result;
import org.cryonext.cryoet.report.SampleTriplet;
import org.cryonext.cryoet.run.Recipe;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.cryoet.simulate.SimulationSettings;
import org.cryonext.cryoet.simulate.Simulator;
import org.cryonext.cryoet.simulate.VolumeSize;
import org.cryonext.cryoet.train.TrainContext;
import org.cryonext.cryoet.train.TrainOptions;
import org.cryonext.cryoet.train.TrainResult;
import org.cryonext.cryoet.train.Trainer;
import org.cryonext.engine.io.Counted;

/**
 * The whole road in one call: simulates tomograms, trains on most of them, and measures on one that was never seen. Two
 * networks are trained, one for the ground truth (grandmodel) and one for the reconstruction, since contrast, noise and
 * missing wedge make the two look nothing like each other. Stopped at any point, it goes on there when called again.
 */
public final class Demo {
    private static final double SNR = 0.05;

    /** The network for the reconstruction learns on mirrored cubes, and answers better for the mean over them. */
    private static final Mirrors MIRRORS = new Mirrors(8);

    /** What the network for the reconstruction is shown, in words. */
    private static final String SEEN =
            "eight slabs of four slices in each of three planes, and the mean over the eight mirrored cubes";

    private final DemoFolder folder;
    private final DemoSettings settings;
    private final TrainContext context;

    private Demo(DemoFolder folder, DemoSettings settings, TrainContext context) {
        this.folder = folder;
        this.settings = settings;
        this.context = context;
    }

    /**
     * Runs the demo, or what is left of it.
     *
     * @param out its folder: new, empty, or of a demo with the same settings
     * @param threads worker threads of the simulation
     * @return empty if a stop was asked for
     * @throws org.cryonext.engine.io.InputException if the folder cannot be used
     */
    public static Optional<DemoResult> run(Path out, DemoSettings settings, int threads, TrainContext context) {
        return new Demo(DemoFolder.open(out, settings), settings, context).run(threads);
    }

    private Optional<DemoResult> run(int threads) {
        simulate(threads);
        if (context.stop().getAsBoolean() || !train(Source.GRANDMODEL) || !train(Source.RECONSTRUCTION)) {
            return Optional.empty();
        }
        Profiles profiles = new Profiles();
        return Optional.of(report(
                evaluate(Source.GRANDMODEL, Mirrors.NONE, profiles),
                evaluate(Source.RECONSTRUCTION, MIRRORS, profiles)));
    }

    private void simulate(int threads) {
        List<Integer> size = settings.size();
        SimulationSettings simulation = new SimulationSettings(
                settings.tomograms(),
                new VolumeSize(size.get(0), size.get(1), size.get(2)),
                OptionalInt.of(settings.particles()),
                SNR,
                settings.seed(),
                Optional.ofNullable(settings.templates()).map(Path::of),
                threads);
        folder.requireSpace(Simulator.disk(simulation), settings.tomograms());
        context.say()
                .accept("Simulating " + settings.tomograms() + " tomograms with " + settings.particles()
                        + " particles of 12 classes each, in " + folder.data());
        Simulator.run(folder.data(), simulation, context.progress(), context.say());
    }

    /** Trains one of the networks; false if a stop was asked for. */
    private boolean train(Source source) {
        Path run = folder.run(source);
        context.say().accept("");
        context.say().accept("Training on slices of " + source.file() + ", in " + run);
        TrainOptions options = new TrainOptions(folder.data(), run);
        options.recipe = source == Source.RECONSTRUCTION ? Recipe.BEST : Recipe.SCRATCH;
        options.resume = Files.exists(new RunFolder(run).settingsFile());
        if (!options.resume) {
            options.depths = settings.depths();
            options.dims = settings.dims();
            options.epochs = source == Source.RECONSTRUCTION ? settings.reconstructionEpochs() : settings.epochs();
            options.batch = settings.batch();
            options.headRate = settings.rate();
            options.backboneRate = settings.rate();
            options.seed = settings.seed();
            options.source = source;
        }
        return Trainer.run(options, context).end() != TrainResult.End.STOPPED;
    }

    private Evaluation evaluate(Source source, Mirrors mirrors, Profiles profiles) {
        return Evaluator.run(
                EvaluationSettings.of(folder.run(source), folder.data()).withMirrors(mirrors),
                profiles,
                context.backend(),
                context.progress(),
                context.say());
    }

    private DemoResult report(Evaluation grandmodel, Evaluation reconstruction) {
        SequencedMap<String, Double> figures = new LinkedHashMap<>();
        double first = seconds(Source.GRANDMODEL);
        double second = seconds(Source.RECONSTRUCTION);
        figures.put("train_seconds", first + second);
        figures.put("train_seconds_grandmodel", first);
        figures.put("train_seconds_reconstruction", second);
        ReportInput input = grandmodel.input();
        SequencedMap<String, String> metadata = new LinkedHashMap<>(input.metadata());
        metadata.put("Run", folder.run(Source.GRANDMODEL) + " and " + folder.run(Source.RECONSTRUCTION));
        metadata.put(
                "Recipe",
                input.metadata().get("Recipe") + " for the grandmodel, "
                        + reconstruction.input().metadata().get("Recipe") + " for the reconstruction");
        metadata.put(
                "Trained on",
                Counted.of(settings.tomograms() - 2, "tomogram") + " of " + folder.data()
                        + ", each network on its own source");
        metadata.putAll(reconstruction.input().metadata().entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("Alignment"))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
        String tomogram = grandmodel.predictions().getFirst().tomogram();
        Result truth = input.results().getFirst();
        Result fair = reconstruction.input().results().getFirst();
        metadata.put("Evaluated on", tomogram + ", which neither network has seen, of " + folder.data());
        metadata.put("Views", "grandmodel: three central slices, as in the study; reconstruction: " + SEEN);
        List<String> warnings = new ArrayList<>(input.warnings());
        warnings.addAll(reconstruction.warnings());
        warnings.add("Two networks, each trained and measured on its own source."
                + (settings.templates() == null
                        ? " The particles are invented assemblies; docs/demo.md has figures on real proteins beside them."
                        : ""));
        Path report = Report.write(
                folder.folder(),
                new ReportInput(
                        "CryoNeXt demo",
                        metadata,
                        input.classes(),
                        List.of(truth, fair),
                        figures,
                        input.counts(),
                        joined(input, reconstruction.input()),
                        Stream.concat(input.insides().stream(), reconstruction.input().insides().stream())
                                .toList(),
                        Stream.concat(input.trainings().stream(), reconstruction.input().trainings().stream())
                                .toList(),
                        List.of(ProtocolRow.table(
                                "protocols", "The paper's protocol and the fair one", protocols(truth, fair))),
                        warnings));
        return new DemoResult(report, tomogram, truth, fair, first + second);
    }

    /** The paper's way of asking, and step by step the fair one. */
    private List<ProtocolRow> protocols(Result truth, Result fair) {
        List<ProtocolRow> rows = new ArrayList<>();
        InnerParticles.of(truth, Dataset.open(folder.data()), Source.GRANDMODEL)
                .ifPresent(inner -> rows.add(ProtocolRow.of(
                        "the paper's",
                        "Slices of the grandmodel, each on its own range; particles near a border are left out. (The paper"
                                + " also keeps no tomogram apart for validation; here that is done throughout.)",
                        inner,
                        Optional.empty())));
        rows.add(ProtocolRow.of("all particles", "Particles near a border count too.", truth, last(rows)));
        rows.add(ProtocolRow.of(
                "fair",
                "Another network, trained and tested on the reconstructions: CTF, noise and missing wedge; " + SEEN
                        + ".",
                fair,
                last(rows)));
        return rows;
    }

    private static Optional<ProtocolRow> last(List<ProtocolRow> rows) {
        return rows.isEmpty() ? Optional.empty() : Optional.of(rows.getLast());
    }

    private static List<SampleTriplet> joined(ReportInput a, ReportInput b) {
        return Stream.concat(a.samples().stream(), b.samples().stream()).toList();
    }

    private double seconds(Source source) {
        return EpochLog.read(new RunFolder(folder.run(source)).metrics()).stream()
                .mapToDouble(Epoch::seconds)
                .sum();
    }
}
