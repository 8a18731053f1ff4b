package org.cryonext.cryoet.evaluate;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.cryonext.cryoet.dataset.MirrorCheck;
import org.cryonext.cryoet.dataset.ShrecDataset;
import org.cryonext.cryoet.dataset.ShrecTomogram;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.metrics.Prediction;
import org.cryonext.cryoet.network.Scorer;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.report.ClassCounts;
import org.cryonext.cryoet.report.Epoch;
import org.cryonext.cryoet.report.EpochLog;
import org.cryonext.cryoet.report.Report;
import org.cryonext.cryoet.report.ReportInput;
import org.cryonext.cryoet.report.Result;
import org.cryonext.cryoet.report.SampleTriplet;
import org.cryonext.cryoet.report.TrainingCurves;
import org.cryonext.cryoet.run.DataDivision;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.cryoet.run.RunSettings;
import org.cryonext.cryoet.run.SplitBy;
import org.cryonext.cryoet.train.RunSamples;
import org.cryonext.cryoet.triplet.Borders;
import org.cryonext.engine.Release;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.OutputFolder;
import org.cryonext.engine.io.Progress;

/** Lays a run's answers beside the truth and reports how good they are. */
public final class Evaluator {
    private final EvaluationSettings settings;
    private final RunFolder folder;
    private final RunSettings run;
    private final ShrecDataset dataset;
    private final List<ShrecTomogram> tomograms;
    private final Source source;
    private final Borders borders;
    private final List<String> warnings = new ArrayList<>();

    private Evaluator(EvaluationSettings settings) {
        this.settings = settings;
        folder = RunFolder.open(settings.run());
        run = folder.settings();
        dataset = ShrecDataset.open(settings.data());
        List<String> names = settings.tomograms() == null ? run.division().test() : settings.tomograms();
        if (names.isEmpty()) {
            throw new InputException(folder.folder() + " keeps no tomogram for the test; name some with --tomograms");
        }
        tomograms = names.stream().map(dataset::tomogram).toList();
        source = settings.source() == null ? run.input().source() : settings.source();
        borders = settings.borders() == null ? run.input().borders() : settings.borders();
    }

    /**
     * Evaluates and writes the report.
     *
     * @param backend what runs the network; the caller closes it
     * @param say shows a sentence to the user
     * @throws InputException if something that was given cannot be used
     */
    public static Evaluation run(
            EvaluationSettings settings, Backend backend, Progress progress, Consumer<String> say) {
        return new Evaluator(settings).run(backend, progress, say);
    }

    private Evaluation run(Backend backend, Progress progress, Consumer<String> say) {
        Path out = settings.out() == null ? folder.evaluation() : settings.out();
        OutputFolder.requireWritable(out, out);
        warnings.addAll(Caution.of(run.division(), dataset.folder(), tomograms));
        if (source != run.input().source()) {
            warnings.add("The slices are cut from " + source.file() + ", but the run was trained on "
                    + run.input().source().file()
                    + ": the figures say how well it carries over, not how well it works.");
        }
        if (source == Source.RECONSTRUCTION) {
            tomograms.forEach(
                    tomogram -> MirrorCheck.of(tomogram).note(tomogram).ifPresent(warnings::add));
        }
        RunSamples samples = runSamples(say);
        NetworkInput seen =
                settings.fusion() == null ? run.input() : run.input().withFusion(settings.fusion());
        List<Prediction> predictions = new ArrayList<>();
        List<SampleTriplet> pictures = new ArrayList<>();
        try (Scorer scorer = Scorer.open(folder.bestCheckpoint(), seen, backend, settings.batch())) {
            TomogramScores scores = new TomogramScores(scorer, source, borders);
            int total = tomograms.stream()
                    .mapToInt(tomogram -> tomogram.particles().particles().size())
                    .sum();
            progress.start("Evaluating", total, "particles");
            for (ShrecTomogram tomogram : tomograms) {
                progress.note(tomogram.name());
                predictions.addAll(scores.of(tomogram, chosen(samples, tomogram), progress));
            }
            progress.finish();
            List<Prediction> shown = Samples.choose(predictions);
            for (ShrecTomogram tomogram : tomograms) {
                pictures.addAll(scores.pictures(tomogram, Samples.of(tomogram.name(), shown)));
            }
            // Of each class those that were recognised come first, whatever tomogram they are from.
            pictures.sort(Comparator.comparing(picture -> picture.predicted() != picture.truth()));
        }
        if (predictions.isEmpty()) {
            throw new InputException("No particle of " + names() + " counts"
                    + (borders == Borders.SKIP ? ": all are too close to a border; use --borders pad" : ""));
        }
        Result result = Result.of(word(source), run.classes(), predictions);
        ReportInput input = new ReportInput(
                "Evaluation of " + folder.folder().toAbsolutePath().normalize().getFileName(),
                metadata(seen, backend, predictions.size()),
                run.classes(),
                List.of(result),
                new LinkedHashMap<>(),
                counts(samples, predictions),
                pictures,
                trainings(),
                warnings);
        Path report = Report.write(out, input);
        return new Evaluation(run.classes(), predictions, result.metrics(), warnings, input, report);
    }

    private List<TrainingCurves> trainings() {
        List<Epoch> epochs = Files.exists(folder.metrics()) ? EpochLog.read(folder.metrics()) : List.of();
        return epochs.isEmpty()
                ? List.of()
                : List.of(new TrainingCurves(word(run.input().source()), epochs));
    }

    /** The run's own samples; null where this data set does not have them. */
    private RunSamples runSamples(Consumer<String> say) {
        DataDivision division = run.division();
        Set<String> needed = new LinkedHashSet<>(division.train());
        needed.addAll(division.validation());
        Set<String> there = new LinkedHashSet<>(
                dataset.tomograms().stream().map(ShrecTomogram::name).toList());
        if (!there.containsAll(needed)) {
            say.accept(dataset.folder() + " lacks tomograms that the run was trained on; the report does without the"
                    + " numbers of its training particles");
            return null;
        }
        return RunSamples.of(folder, dataset);
    }

    /** With an order file, and nothing else asked for, exactly its test particles count. */
    private Predicate<Particle> chosen(RunSamples samples, ShrecTomogram tomogram) {
        boolean byOrder = settings.tomograms() == null && run.division().splitBy() == SplitBy.ORDER;
        if (!byOrder || samples == null) {
            return particle -> true;
        }
        Set<Integer> lines = samples.testLines().getOrDefault(tomogram.name(), Set.of());
        return particle -> lines.contains(particle.line());
    }

    private SequencedMap<String, String> metadata(NetworkInput input, Backend backend, int particles) {
        SequencedMap<String, String> data = new LinkedHashMap<>();
        data.put("Run", folder.folder().toString());
        data.put("Recipe", word(run.recipe()));
        data.put("Seed", Long.toString(run.hyperparameters().seed()));
        data.put(
                "Trained on",
                run.division().train().size() + " tomograms of "
                        + run.division().data() + ", " + run.input().source().file());
        data.put("Evaluated on", names() + " of " + dataset.folder() + ", " + source.file());
        data.put("Particles", Integer.toString(particles));
        data.put("Borders", word(borders));
        data.put(
                "Views",
                input.views().size() + " a particle, " + input.imageSize() + " pixels; fused by their "
                        + word(input.fusion()));
        data.put("Device", backend.name());
        data.put(
                "Version",
                Release.version() + (Release.version().equals(run.version()) ? "" : ", the run's " + run.version()));
        data.put("Date", LocalDateTime.now().truncatedTo(ChronoUnit.SECONDS).toString());
        return data;
    }

    private String names() {
        return String.join(", ", tomograms.stream().map(ShrecTomogram::name).toList());
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
