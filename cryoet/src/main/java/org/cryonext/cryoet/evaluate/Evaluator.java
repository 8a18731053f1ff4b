package org.cryonext.cryoet.evaluate;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.cryonext.cryoet.baseline.Baselines;
import org.cryonext.cryoet.baseline.Profiles;
import org.cryonext.cryoet.card.ModelCard;
import org.cryonext.cryoet.dataset.AlignmentCheck;
import org.cryonext.cryoet.dataset.DataPlace;
import org.cryonext.cryoet.dataset.Dataset;
import org.cryonext.cryoet.dataset.LabelledTomogram;
import org.cryonext.cryoet.dataset.ShrecTomogram;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.dataset.SubtomogramGroup;
import org.cryonext.cryoet.metrics.CalibrationError;
import org.cryonext.cryoet.metrics.Estimate;
import org.cryonext.cryoet.metrics.Metrics;
import org.cryonext.cryoet.metrics.Prediction;
import org.cryonext.cryoet.metrics.Rejection;
import org.cryonext.cryoet.metrics.Rival;
import org.cryonext.cryoet.metrics.TomogramIntervals;
import org.cryonext.cryoet.network.Backends;
import org.cryonext.cryoet.network.Scorer;
import org.cryonext.cryoet.network.Scorers;
import org.cryonext.cryoet.particle.ClassNames;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.report.ClassCounts;
import org.cryonext.cryoet.report.Epoch;
import org.cryonext.cryoet.report.EpochLog;
import org.cryonext.cryoet.report.FeatureMap;
import org.cryonext.cryoet.report.Inside;
import org.cryonext.cryoet.report.Report;
import org.cryonext.cryoet.report.ReportInput;
import org.cryonext.cryoet.report.Result;
import org.cryonext.cryoet.report.SampleTriplet;
import org.cryonext.cryoet.report.TrainingCurves;
import org.cryonext.cryoet.run.EvaluationRecord;
import org.cryonext.cryoet.run.Fusion;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.cryoet.run.RunSettings;
import org.cryonext.cryoet.run.SplitBy;
import org.cryonext.cryoet.run.Timestamp;
import org.cryonext.cryoet.saliency.ParticleSaliency;
import org.cryonext.cryoet.train.RunSamples;
import org.cryonext.cryoet.triplet.Borders;
import org.cryonext.engine.Release;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.io.Counted;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;
import org.cryonext.engine.io.OutputFolder;
import org.cryonext.engine.io.Progress;

/** Lays a run's answers beside the truth and reports how good they are. */
public final class Evaluator {
    /** Particles at once whose saliency is computed, on the processor whatever the network ran on. */
    private static final int LOOKED_AT = 4;

    private final EvaluationSettings settings;
    private final RunFolder folder;
    private final RunSettings run;
    private final DataPlace place;
    private final Dataset dataset;
    private final List<LabelledTomogram> tomograms;
    private final KnownTomograms known;
    private final Source source;
    private final Borders borders;
    private final Profiles profiles;
    private final List<String> warnings = new ArrayList<>();

    private Evaluator(EvaluationSettings settings, Profiles profiles) {
        this.settings = settings;
        this.profiles = profiles;
        folder = RunFolder.open(settings.run());
        run = folder.settings();
        place = run.adapted(settings.data());
        dataset = Dataset.open(place);
        warnings.addAll(dataset.notes());
        List<String> names = settings.tomograms() == null ? run.division().test() : settings.tomograms();
        if (names.isEmpty()) {
            throw new InputException(folder.folder() + " keeps no tomogram for the test; name some with --tomograms");
        }
        tomograms = names.stream().map(dataset::tomogram).toList();
        known = KnownTomograms.of(run, dataset);
        source = dataset.source(settings.source(), run.input().source());
        borders = settings.borders() == null ? run.input().borders() : settings.borders();
    }

    /** Evaluates on one device, which the caller closes. */
    public static Evaluation run(
            EvaluationSettings settings, Backend backend, Progress progress, Consumer<String> say) {
        return run(settings, Backends.of(backend), progress, say);
    }

    /**
     * Evaluates and writes the report.
     *
     * @param backends what runs the network, each on tomograms of its own; the caller closes them
     * @param say shows a sentence to the user
     * @throws InputException if something that was given cannot be used
     */
    public static Evaluation run(
            EvaluationSettings settings, Backends backends, Progress progress, Consumer<String> say) {
        return new Evaluator(settings, new Profiles()).run(backends, progress, say);
    }

    /**
     * Evaluates as one of several that share the profiles of their tomograms.
     *
     * @param profiles what earlier evaluations have made already
     */
    public static Evaluation run(
            EvaluationSettings settings, Profiles profiles, Backend backend, Progress progress, Consumer<String> say) {
        return new Evaluator(settings, profiles).run(Backends.of(backend), progress, say);
    }

    private Evaluation run(Backends backends, Progress progress, Consumer<String> say) {
        Path out = settings.out() == null ? folder.evaluation() : settings.out();
        OutputFolder.requireWritable(out, out);
        EvaluationFolder.requireOwn(out);
        if (settings.against() != null) {
            InputFile.require(settings.against(), "a table of predictions");
        }
        warnings.addAll(Caution.of(run.division(), known, tomograms));
        if (source != run.input().source()) {
            warnings.add("The slices are cut from " + source.file() + ", but the run was trained on "
                    + run.input().source().file()
                    + ": the figures say how well it carries over, not how well it works.");
        }
        String namesakes = namesakes();
        if (!namesakes.isEmpty()) {
            say.accept(
                    dataset.place() + " is not the data that the run was trained on: other tomograms than the run's are"
                            + " called " + namesakes + " there");
        }
        Double threshold = settings.reject() == null
                ? null
                : folder.rejectionThreshold(
                        settings.reject(), settings.mirrors().count());
        folder.requireEvaluations();
        OwnTomograms own = new OwnTomograms(run, settings.data(), dataset);
        own.taken().ifPresent(say);
        warnings.addAll(own.inverted(tomograms, source));
        SequencedMap<String, String> alignment = alignment();
        TrainingParticles training = training(say);
        RunSamples trainedOn = training == null ? null : training.samples();
        NetworkInput seen =
                settings.fusion() == null ? run.input() : run.input().withFusion(settings.fusion());
        List<Prediction> predictions = new ArrayList<>();
        List<float[]> features = new ArrayList<>();
        List<Double> energies = new ArrayList<>();
        CalibrationError uncalibrated = new CalibrationError();
        double seconds;
        try (Scorers scorers = Scorers.open(backends, backend -> open(seen, backend), say)) {
            int total = tomograms.stream()
                    .mapToInt(tomogram -> tomogram.particles().particles().size())
                    .sum();
            progress.start("Evaluating", total, "particles");
            long start = System.nanoTime();
            List<List<TomogramScores.Answer>> answers = scorers.map(
                    tomograms,
                    LabelledTomogram::name,
                    (tomogram, scorer, joint) -> scores(scorer).of(tomogram, chosen(trainedOn, tomogram), joint),
                    progress);
            for (TomogramScores.Answer answer :
                    answers.stream().flatMap(List::stream).toList()) {
                predictions.add(answer.prediction());
                uncalibrated.add(answer.uncalibrated(), answer.right());
                features.add(answer.features());
                energies.add(answer.energy());
            }
            progress.finish();
            seconds = (System.nanoTime() - start) * 1e-9;
        }
        if (predictions.isEmpty()) {
            throw new InputException("No particle of " + names() + " counts"
                    + (borders == Borders.SKIP ? ": all are too close to a border; use --borders pad" : ""));
        }
        Result result = Result.of(word(source), run.classes(), predictions)
                .withRivals(rivals(training, predictions, progress))
                .withImages(images(predictions));
        if (settings.against() != null) {
            List<Rival> rivals = new ArrayList<>(result.rivals());
            rivals.add(Against.read(settings.against(), run.classes(), predictions));
            result = result.withRivals(rivals);
        }
        if (threshold != null) {
            result = result.withRejection(new Rejection(settings.reject(), threshold, energies));
        }
        warnings.addAll(SizeAnswers.of(
                result,
                source,
                !Caution.seen(run.division().train(), known, tomograms).isEmpty()));
        long images =
                (long) predictions.size() * seen.images() * settings.mirrors().count();
        SequencedMap<String, Double> figures =
                figures(seconds, images, predictions, seen.fusion(), uncalibrated.value());
        List<SampleTriplet> samples = List.of();
        List<Inside> insides = List.of();
        if (!settings.brief()) {
            long start = System.nanoTime();
            FeatureMap map = FeatureMap.of(predictions, features);
            try (ParticleSaliency saliency = ParticleSaliency.open(
                    folder,
                    seen,
                    Math.min(settings.batch(), LOOKED_AT),
                    backends.each().getFirst())) {
                Pictures pictures = new Pictures(seen, source, borders, saliency);
                InsideLook look = InsideLook.of(predictions, tomograms, pictures, progress);
                samples = look.samples();
                insides = List.of(new Inside(
                        result.name(),
                        map,
                        look.pairs(),
                        saliency.description() + " " + look.blanking().sentence()));
            }
            figures.put("looking_inside_seconds", (System.nanoTime() - start) * 1e-9);
        }
        ReportInput input = new ReportInput(
                "Evaluation of " + folder.folder().toAbsolutePath().normalize().getFileName(),
                metadata(seen, backends, predictions.size(), alignment),
                run.classes(),
                List.of(result),
                figures,
                counts(trainedOn, predictions),
                samples,
                insides,
                trainings(),
                RejectionTable.of(result).stream().toList(),
                warnings);
        Path report = settings.brief() ? Report.writeTables(out, input) : Report.write(out, input);
        if (ModelCard.isOfRun(folder, out)) {
            folder.record(record(out.getFileName().toString(), seen.fusion(), result));
            ModelCard.write(folder);
        }
        return new Evaluation(run.classes(), predictions, result.metrics(), warnings, input, report, seconds, images);
    }

    /** What the run's card keeps of the evaluation. */
    private EvaluationRecord record(String report, Fusion fusion, Result result) {
        Metrics metrics = result.metrics();
        return new EvaluationRecord(
                report,
                place,
                tomograms.stream().map(LabelledTomogram::name).toList(),
                word(source),
                settings.mirrors().count(),
                word(borders),
                word(fusion),
                epochs().stream()
                        .filter(Epoch::best)
                        .reduce((first, last) -> last)
                        .map(Epoch::number)
                        .orElse(null),
                metrics.confusion().total(),
                metrics.f1(),
                metrics.byTomogram().map(TomogramIntervals::f1).orElse(null),
                metrics.accuracy(),
                beside(result, Baselines.SIZE_ALONE),
                beside(result, Baselines.MOST_FREQUENT),
                result.rejected()
                        .map(rejected -> rejected.figures().sentence(metrics))
                        .orElse(null),
                Caution.seen(run.division().train(), known, tomograms),
                Caution.seen(Caution.validatingAlone(run.division()), known, tomograms),
                EvaluationCommand.of(settings),
                Timestamp.now());
    }

    private static Estimate beside(Result result, String id) {
        return result.rivals().stream()
                .filter(rival -> rival.id().equals(id))
                .findFirst()
                .map(rival -> rival.metrics().f1())
                .orElse(null);
    }

    /** Of extracted subtomograms, the image of each prediction; nothing for places in tomograms. */
    private List<String> images(List<Prediction> predictions) {
        Map<Integer, String> byLine = new HashMap<>();
        for (LabelledTomogram tomogram : tomograms) {
            if (tomogram instanceof SubtomogramGroup group) {
                byLine.putAll(group.images());
            }
        }
        return byLine.isEmpty()
                ? List.of()
                : predictions.stream().map(each -> byLine.get(each.line())).toList();
    }

    /** Tables alone need no features. */
    private Scorer open(NetworkInput seen, Backend backend) {
        return settings.brief()
                ? Scorer.open(folder, seen, backend, settings.batch())
                : Scorer.openWithFeatures(folder, seen, backend, settings.batch());
    }

    private TomogramScores scores(Scorer scorer) {
        return new TomogramScores(scorer, source, borders, settings.mirrors());
    }

    private SequencedMap<String, Double> figures(
            double seconds, long images, List<Prediction> predictions, Fusion fusion, double uncalibrated) {
        SequencedMap<String, Double> figures = new LinkedHashMap<>();
        figures.put("expected_calibration_error", CalibrationError.of(predictions));
        // A mean of probabilities is not divided by the temperature.
        folder.calibration().filter(fitted -> fusion != Fusion.PROBABILITIES).ifPresent(calibration -> {
            figures.put("expected_calibration_error_at_temperature_1", uncalibrated);
            figures.put(
                    "temperature", calibration.temperature(settings.mirrors().count()));
        });
        figures.put("scoring_seconds", seconds);
        figures.put("images_per_second", images / seconds);
        return figures;
    }

    private List<Epoch> epochs() {
        return Files.exists(folder.metrics()) ? EpochLog.read(folder.metrics()) : List.of();
    }

    private List<TrainingCurves> trainings() {
        List<Epoch> epochs = epochs();
        return epochs.isEmpty()
                ? List.of()
                : List.of(new TrainingCurves(word(run.input().source()), epochs));
    }

    /** The run's own samples, of this data set or of the one it was trained on; null where neither has them. */
    private TrainingParticles training(Consumer<String> say) {
        TrainingParticles found =
                TrainingParticles.find(folder, Optional.of(dataset)).orElse(null);
        if (found == null) {
            say.accept(dataset.place() + " lacks tomograms that the run was trained on, and "
                    + (known.inPlace()
                            ? "no other place of them is known"
                            : run.division().data() + " does not have them either")
                    + "; the report does without the numbers of its training particles and"
                    + " without the baselines, which are trained on them");
        } else if (known.byName() && !known.inPlace() && found.dataset() == dataset) {
            warnings.add(
                    "The tomograms of " + dataset.place() + " are taken for those that the run was trained on by their"
                            + " names alone, as the run is of an earlier version, which recorded no more: if they are others, the"
                            + " baselines were not trained on the network's particles.");
        }
        return found;
    }

    /** What stands beside the network. */
    private List<Rival> rivals(TrainingParticles training, List<Prediction> predictions, Progress progress) {
        return training == null
                ? List.of()
                : new Baselines(profiles, new ClassNames(run.classes()), progress)
                        .beside(training.forBaselines(), dataset, source, predictions);
    }

    /** Where the particles are in the reconstructions, checked against the ground truth where that is there. */
    private SequencedMap<String, String> alignment() {
        SequencedMap<String, String> found = new LinkedHashMap<>();
        if (source == Source.RECONSTRUCTION) {
            for (LabelledTomogram tomogram : tomograms) {
                if (tomogram instanceof ShrecTomogram shrec
                        && Files.exists(shrec.folder().resolve(Source.GRANDMODEL.file()))) {
                    AlignmentCheck check = AlignmentCheck.of(shrec);
                    check.note(shrec).ifPresent(warnings::add);
                    found.put("Alignment of " + tomogram.name(), check.sentence());
                }
            }
        }
        return found;
    }

    /** With an order file, and nothing else asked for, exactly its test particles count. */
    private Predicate<Particle> chosen(RunSamples samples, LabelledTomogram tomogram) {
        boolean byOrder = settings.tomograms() == null && run.division().splitBy() == SplitBy.ORDER;
        if (!byOrder || samples == null || !known.sharesLines(tomogram)) {
            return particle -> true;
        }
        Set<Integer> lines = samples.testLines().getOrDefault(tomogram.name(), Set.of());
        return particle -> lines.contains(particle.line());
    }

    private SequencedMap<String, String> metadata(
            NetworkInput input, Backends backends, int particles, SequencedMap<String, String> alignment) {
        SequencedMap<String, String> data = new LinkedHashMap<>();
        data.put("Run", folder.folder().toString());
        data.put("Recipe", word(run.recipe()));
        data.put("Seed", Long.toString(run.hyperparameters().seed()));
        data.put(
                "Trained on",
                Counted.of(run.division().train().size(), "tomogram") + " of "
                        + run.division().data() + ", " + run.input().source().file());
        data.put("Evaluated on", names() + " of " + dataset.place() + ", " + source.file());
        String namesakes = namesakes();
        if (!namesakes.isEmpty()) {
            data.put("Not the run's own of that name", namesakes);
        }
        data.put("Particles", Integer.toString(particles));
        data.put("Borders", word(borders));
        data.put("Split", word(run.division().splitBy()));
        data.putAll(alignment);
        data.put(
                "Views",
                Counted.of(input.views().size(), "view") + " a particle, " + input.imageSize() + " pixels; "
                        + fused(input.fusion()));
        if (settings.mirrors().count() > 1) {
            data.put(
                    "Mirrorings of a particle",
                    Integer.toString(settings.mirrors().count()));
        }
        data.put(
                "Device",
                String.join(", ", backends.each().stream().map(Backend::name).toList()));
        data.put(
                "Version",
                Release.version() + (Release.version().equals(run.version()) ? "" : ", the run's " + run.version()));
        data.put("Date", Timestamp.now());
        return data;
    }

    private static String fused(Fusion fusion) {
        return switch (fusion) {
            case LOGITS -> "fused by the mean of their logits";
            case PROBABILITIES -> "fused by the mean of their probabilities";
            case FEATURES -> "fused by the mean of their features";
            case CONCAT -> "fused by joining their features (concat)";
        };
    }

    private String names() {
        return names(tomograms);
    }

    private String namesakes() {
        return names(tomograms.stream().filter(known::isNamesake).toList());
    }

    private static String names(List<LabelledTomogram> tomograms) {
        return String.join(", ", tomograms.stream().map(LabelledTomogram::name).toList());
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private List<ClassCounts> counts(RunSamples samples, List<Prediction> predictions) {
        List<ClassCounts> counts = new ArrayList<>();
        if (samples != null) {
            counts.add(new ClassCounts("train", boxed(samples.train())));
            counts.add(new ClassCounts("validation", boxed(samples.validation())));
        }
        long[] own = new long[run.classes().size()];
        predictions.forEach(prediction -> own[prediction.truth()]++);
        counts.add(new ClassCounts(settings.tomograms() == null ? "test" : "evaluated", boxed(own)));
        return counts;
    }

    private static List<Long> boxed(long[] values) {
        List<Long> list = new ArrayList<>();
        for (long value : values) {
            list.add(value);
        }
        return list;
    }
}
