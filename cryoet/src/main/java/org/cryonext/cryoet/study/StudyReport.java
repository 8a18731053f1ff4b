package org.cryonext.cryoet.study;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.cryonext.cryoet.dataset.AlignmentCheck;
import org.cryonext.cryoet.dataset.Dataset;
import org.cryonext.cryoet.dataset.ShrecDataset;
import org.cryonext.cryoet.dataset.ShrecTomogram;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.evaluate.Evaluation;
import org.cryonext.cryoet.evaluate.SizeAnswers;
import org.cryonext.cryoet.metrics.Prediction;
import org.cryonext.cryoet.report.ClassCounts;
import org.cryonext.cryoet.report.EpochLog;
import org.cryonext.cryoet.report.Inside;
import org.cryonext.cryoet.report.ProtocolRow;
import org.cryonext.cryoet.report.Report;
import org.cryonext.cryoet.report.ReportInput;
import org.cryonext.cryoet.report.ReportTable;
import org.cryonext.cryoet.report.Result;
import org.cryonext.cryoet.report.SampleTriplet;
import org.cryonext.cryoet.report.TrainingCurves;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.cryoet.run.Timestamp;
import org.cryonext.cryoet.train.RunSamples;
import org.cryonext.engine.Release;
import org.cryonext.models.convnext.Version;

/** Writes the study's report: its tables with the paper's figures beside ours, its charts, CSV and Excel. */
final class StudyReport {
    private final Path out;
    private final StudySettings settings;
    private final ShrecDataset dataset;
    private final List<String> test;
    private final SequencedMap<ShrecTomogram, AlignmentCheck> alignment;
    private final List<String> notes;
    private final List<Trained> paper;
    private final List<Trained> apart;
    private final List<FairRun> fair;
    private final List<Evaluation> looks;

    /**
     * @param alignment how the reconstruction of each tomogram lies
     * @param notes what must be said of the data
     * @param looks inside the networks of the paper's protocol, in their order
     */
    StudyReport(
            Path out,
            StudySettings settings,
            ShrecDataset dataset,
            List<String> test,
            SequencedMap<ShrecTomogram, AlignmentCheck> alignment,
            List<String> notes,
            List<Trained> paper,
            List<Trained> apart,
            List<FairRun> fair,
            List<Evaluation> looks) {
        this.out = out;
        this.settings = settings;
        this.dataset = dataset;
        this.test = test;
        this.alignment = alignment;
        this.notes = notes;
        this.paper = paper;
        this.apart = apart;
        this.fair = fair;
        this.looks = looks;
    }

    StudyResult write() {
        List<String> warnings = new ArrayList<>();
        List<ReportTable> tables = new ArrayList<>();
        StudyTables study = new StudyTables(paper, fair);
        tables.add(study.overall());
        paper.forEach(network -> tables.add(study.perClass(network)));
        tables.add(study.entries());
        for (Trained network : paper) {
            tables.add(protocols(network));
        }
        tables.add(study.runs());
        study.variants().ifPresent(tables::add);
        boolean random = settings.init().isEmpty();
        if (random) {
            tables.replaceAll(table -> table.titled(table.title() + " (from random weights)"));
            warnings.add("The networks began with random weights, not with those of ImageNet as the paper's did: the"
                    + " differences from the paper's figures are those of another training as well as of other data.");
        } else if (!settings.published()) {
            warnings.add(
                    "The networks began with weights of one's own, not with those of ImageNet that the paper's began"
                            + " with: the differences from its figures are those of other weights too.");
        }
        tables.add(alignment());
        warnings.addAll(notes);
        Result question = result(paper.getFirst(), Reproduction.LOGITS);
        // Where few particles train, size alone is best judged by the row that trains on most of them.
        Stream.of(question, result(apart.getFirst(), Reproduction.TEST))
                .map(result -> SizeAnswers.of(result, Source.GRANDMODEL, false))
                .filter(sentences -> !sentences.isEmpty())
                .findFirst()
                .ifPresent(warnings::addAll);
        alignment.forEach((tomogram, check) -> check.note(tomogram).ifPresent(warnings::add));
        RunSamples samples = RunSamples.of(RunFolder.open(paper.getFirst().run()), Dataset.open(dataset.folder()));
        List<String> classes = question.metrics().confusion().classes();
        ReportInput input = new ReportInput(
                "The study on " + dataset.folder().getFileName() + (random ? ", from random weights" : ""),
                metadata(),
                classes,
                paper.stream()
                        .flatMap(network -> Stream.of(
                                result(network, Reproduction.LOGITS).named(network.name()),
                                CrossValidation.ofFirstSeed(own(network.version()))
                                        .named("fair-" + Trained.word(network.version()))))
                        .toList(),
                seconds(),
                counts(samples, classes),
                samples(classes),
                insides(),
                paper.stream()
                        .map(network -> new TrainingCurves(
                                network.name(), EpochLog.read(new RunFolder(network.run()).metrics())))
                        .toList(),
                tables,
                warnings);
        return new StudyResult(Report.write(out, input), tables);
    }

    private List<Inside> insides() {
        List<Inside> insides = new ArrayList<>();
        for (int i = 0; i < paper.size(); i++) {
            insides.add(
                    looks.get(i).input().insides().getFirst().of(paper.get(i).name()));
        }
        return insides;
    }

    /** What the networks of the paper's protocol were asked about, and for comparison triplets of the reconstruction. */
    private List<SampleTriplet> samples(List<String> classes) {
        List<SampleTriplet> samples = new ArrayList<>();
        for (int i = 0; i < paper.size(); i++) {
            String name = paper.get(i).name();
            looks.get(i).input().samples().stream()
                    .map(sample -> new SampleTriplet(
                            sample.truth(), sample.predicted(), name + ": " + sample.caption(), sample.slices()))
                    .forEach(samples::add);
        }
        samples.addAll(TripletSamples.of(dataset.tomogram(test.getFirst()), Source.RECONSTRUCTION, classes));
        return samples;
    }

    private static Result result(Trained network, String question) {
        return network.results().get(question);
    }

    private List<FairRun> own(Version version) {
        return fair.stream().filter(run -> run.network().version() == version).toList();
    }

    /** How each reconstruction lies to its ground truth. */
    private ReportTable alignment() {
        List<List<String>> rows = new ArrayList<>();
        alignment.forEach((tomogram, check) -> rows.add(List.of(
                tomogram.name(),
                Integer.toString(check.expected()),
                Integer.toString(check.offset()),
                correlation(check.best()),
                correlation(check.mirrored()),
                check.verdict())));
        return new ReportTable(
                "alignment",
                "Where the particles lie in the reconstructions",
                "The z offset that follows from the sizes, the one at which reconstruction and grandmodel correlate best, and"
                        + " the correlation with the reconstruction mirrored in z. Protein is dark in one and bright in the"
                        + " other, so that correlations are negative.",
                List.of("Tomogram", "Offset by the sizes", "Best offset", "Correlation there", "Mirrored", "Finding"),
                rows);
    }

    private static String correlation(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }

    /** Step by step from the paper's protocol to the fair one. */
    private ReportTable protocols(Trained network) {
        Version version = network.version();
        List<ProtocolRow> rows = new ArrayList<>();
        add(
                rows,
                "the paper's",
                "Slices of the grandmodel; particles near a border are left out; a fifth of the particles validates.",
                result(network, Reproduction.LOGITS));
        add(
                rows,
                "all particles",
                "The same network; particles near a border count too.",
                result(network, Reproduction.TEST));
        add(
                rows,
                "split by tomogram",
                "Another network, trained with border particles; whole tomograms validate.",
                result(ofVersion(apart, version), Reproduction.TEST));
        List<FairRun> own = own(version);
        add(
                rows,
                "reconstruction",
                "Another network, trained and tested on the reconstructions, with the same division and seed.",
                result(own.getFirst().network(), Reproduction.TEST));
        rows.add(ProtocolRow.ofMean(
                "fair",
                settings.folds() + "-fold cross-validation over tomograms: each is answered by a network that did not"
                        + " train on it (it chose that network's epoch, though); all folds' answers together, "
                        + seeds() + ".",
                CrossValidation.ofFirstSeed(own),
                CrossValidation.f1(own),
                rows.getLast()));
        return ProtocolRow.table(
                "protocols_" + Trained.word(version),
                "From the paper's protocol to the fair one, ConvNeXt "
                        + version.name().toUpperCase(Locale.ROOT),
                rows);
    }

    private String seeds() {
        String seeds = settings.seeds().stream().map(String::valueOf).collect(Collectors.joining(", "));
        return settings.seeds().size() == 1
                ? "seed " + seeds
                : "the mean over " + settings.seeds().size() + " seeds (" + seeds + ")";
    }

    private static Trained ofVersion(List<Trained> networks, Version version) {
        return networks.stream()
                .filter(network -> network.version() == version)
                .findFirst()
                .orElseThrow();
    }

    private static void add(List<ProtocolRow> rows, String name, String changed, Result result) {
        Optional<ProtocolRow> before = rows.isEmpty() ? Optional.empty() : Optional.of(rows.getLast());
        rows.add(ProtocolRow.of(name, changed, result, before));
    }

    private SequencedMap<String, String> metadata() {
        SequencedMap<String, String> data = new LinkedHashMap<>();
        data.put("Data", dataset.folder().toString());
        data.put("Tested on", String.join(", ", test) + ", which no network has seen");
        data.put(
                "Weights",
                settings.variants().stream()
                        .map(version -> Trained.word(version) + ": "
                                + Optional.ofNullable(settings.init().get(version))
                                        .orElse("random, size " + settings.size()))
                        .collect(Collectors.joining("; ")));
        data.put(
                "Results",
                "paper-V: " + test.getFirst() + " by the paper's protocol, logits averaged; fair-V: "
                        + "cross-validation over the other tomograms on their reconstructions, all particles, seed "
                        + settings.seeds().getFirst());
        data.put("Folds", Integer.toString(settings.folds()));
        data.put("Seeds", settings.seeds().stream().map(String::valueOf).collect(Collectors.joining(", ")));
        data.put("Version", Release.version());
        data.put("Date", Timestamp.now());
        return data;
    }

    private SequencedMap<String, Double> seconds() {
        SequencedMap<String, Double> figures = new LinkedHashMap<>();
        double all = 0;
        for (Trained network : paper) {
            figures.put("train_seconds_" + network.name(), network.trainSeconds());
            all += network.trainSeconds();
        }
        all += apart.stream().mapToDouble(Trained::trainSeconds).sum();
        all += fair.stream().mapToDouble(run -> run.network().trainSeconds()).sum();
        figures.put("train_seconds", all);
        return figures;
    }

    private List<ClassCounts> counts(RunSamples samples, List<String> classes) {
        long[] tested = new long[classes.size()];
        for (Prediction p : result(paper.getFirst(), Reproduction.LOGITS).predictions()) {
            tested[p.truth()]++;
        }
        Map<String, long[]> sets = new LinkedHashMap<>();
        sets.put("train", samples.train());
        sets.put("validation", samples.validation());
        sets.put("test", tested);
        return sets.entrySet().stream()
                .map(set -> new ClassCounts(
                        set.getKey(), LongStream.of(set.getValue()).boxed().toList()))
                .toList();
    }
}
