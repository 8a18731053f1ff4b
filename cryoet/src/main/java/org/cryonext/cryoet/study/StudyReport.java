package org.cryonext.cryoet.study;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.cryonext.cryoet.dataset.AlignmentCheck;
import org.cryonext.cryoet.dataset.Dataset;
import org.cryonext.cryoet.dataset.ShrecDataset;
import org.cryonext.cryoet.dataset.ShrecTomogram;
import org.cryonext.cryoet.dataset.Source;
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
import org.cryonext.cryoet.report.TrainingCurves;
import org.cryonext.cryoet.run.RunFolder;
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
    private final List<Trained> paper;
    private final List<Trained> apart;
    private final List<FairRun> fair;
    private final List<Inside> insides;

    /** @param alignment how the reconstruction of each tomogram lies */
    StudyReport(
            Path out,
            StudySettings settings,
            ShrecDataset dataset,
            List<String> test,
            SequencedMap<ShrecTomogram, AlignmentCheck> alignment,
            List<Trained> paper,
            List<Trained> apart,
            List<FairRun> fair,
            List<Inside> insides) {
        this.out = out;
        this.settings = settings;
        this.dataset = dataset;
        this.test = test;
        this.alignment = alignment;
        this.paper = paper;
        this.apart = apart;
        this.fair = fair;
        this.insides = insides;
    }

    StudyResult write() {
        List<String> warnings = new ArrayList<>();
        List<ReportTable> tables = new ArrayList<>();
        StudyTables study = new StudyTables(paper, fair);
        tables.add(study.overall());
        tables.add(study.perClass());
        tables.add(study.entries());
        for (Trained network : paper) {
            tables.add(protocols(network));
        }
        tables.add(study.runs());
        study.variants().ifPresent(tables::add);
        boolean random = settings.init().size() < settings.variants().size();
        if (random) {
            tables.replaceAll(table -> table.titled(table.title() + " (from random weights)"));
            warnings.add("The networks began with random weights, not with those of ImageNet as the paper's did: the"
                    + " differences from the paper's figures are those of another training as well as of other data.");
        }
        Result question = result(paper.getFirst(), Reproduction.LOGITS);
        warnings.addAll(SizeAnswers.of(question, Source.GRANDMODEL));
        alignment.forEach((tomogram, check) -> check.note(tomogram).ifPresent(warnings::add));
        RunSamples samples = RunSamples.of(RunFolder.open(paper.getFirst().run()), Dataset.open(dataset.folder()));
        List<String> classes = question.metrics().confusion().classes();
        ReportInput input = new ReportInput(
                "The study on " + dataset.folder().getFileName() + (random ? ", from random weights" : ""),
                metadata(),
                classes,
                paper.stream()
                        .map(network -> renamed(network, result(network, Reproduction.LOGITS)))
                        .toList(),
                seconds(),
                counts(samples, classes),
                TripletSamples.of(dataset.tomogram(test.getFirst()), classes),
                insides,
                paper.stream()
                        .map(network -> new TrainingCurves(
                                Trained.word(network.version()), EpochLog.read(new RunFolder(network.run()).metrics())))
                        .toList(),
                tables,
                warnings);
        return new StudyResult(Report.write(out, input), tables);
    }

    private static Result result(Trained network, String question) {
        return network.results().get(question);
    }

    private static Result renamed(Trained network, Result result) {
        return result.named(Trained.word(network.version()));
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
        List<FairRun> own =
                fair.stream().filter(run -> run.network().version() == version).toList();
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
        data.put("Folds", Integer.toString(settings.folds()));
        data.put("Seeds", settings.seeds().stream().map(String::valueOf).collect(Collectors.joining(", ")));
        AlignmentCheck check = alignment.get(dataset.tomogram(test.getFirst()));
        data.put("Alignment of " + test.getFirst(), check.sentence());
        data.put("Version", Release.version());
        data.put("Date", LocalDateTime.now().truncatedTo(ChronoUnit.SECONDS).toString());
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
