package org.cryonext.cryoet.study;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import org.cryonext.cryoet.baseline.Profiles;
import org.cryonext.cryoet.dataset.AlignmentCheck;
import org.cryonext.cryoet.dataset.DataPlace;
import org.cryonext.cryoet.dataset.ShrecDataset;
import org.cryonext.cryoet.dataset.ShrecTomogram;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.evaluate.Evaluation;
import org.cryonext.cryoet.evaluate.EvaluationSettings;
import org.cryonext.cryoet.evaluate.Evaluator;
import org.cryonext.cryoet.network.Scorer;
import org.cryonext.cryoet.report.Epoch;
import org.cryonext.cryoet.report.EpochLog;
import org.cryonext.cryoet.report.Result;
import org.cryonext.cryoet.run.Fusion;
import org.cryonext.cryoet.run.MarkedFolder;
import org.cryonext.cryoet.run.Recipe;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.cryoet.run.SplitBy;
import org.cryonext.cryoet.train.SmallestTraining;
import org.cryonext.cryoet.train.TrainContext;
import org.cryonext.cryoet.train.TrainOptions;
import org.cryonext.cryoet.train.TrainResult;
import org.cryonext.cryoet.train.Trainer;
import org.cryonext.cryoet.triplet.Borders;
import org.cryonext.engine.io.InputException;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.convnext.Version;

/**
 * The whole study. For each variant a network is trained by the paper's protocol (slices of the grandmodel, border particles
 * left out, a fifth of the particles validates), one with whole tomograms kept apart, and for each fold and seed one by the
 * fair protocol (reconstructions, all particles, cross-validation over tomograms). The last tomogram tests all of them and
 * trains none. Stopped at any point, the study goes on there when it is called again.
 */
public final class Reproduction {
    /** The paper's protocol, logits averaged. */
    static final String LOGITS = "test-logits";
    /** The paper's protocol, probabilities averaged. */
    static final String PROBABILITIES = "test-probabilities";
    /** All particles of the test tomogram. */
    static final String TEST = "test-all";
    /** All particles of the tomograms of a fold that did not train. */
    static final String HELD_OUT = "held-out";

    private static final String MARK = "study.json";

    private final Path out;
    private final StudySettings settings;
    private final TrainContext context;
    private final ShrecDataset dataset;
    private final List<String> learning;
    private final List<String> test;
    private final Profiles profiles = new Profiles();
    private int done;

    private Reproduction(Path out, StudySettings settings, TrainContext context) {
        this.out = out;
        this.settings = settings;
        this.context = context;
        dataset = ShrecDataset.open(Path.of(settings.data()));
        List<String> names =
                dataset.tomograms().stream().map(ShrecTomogram::name).toList();
        if (names.size() < settings.folds() + 1 || names.size() < 3) {
            throw new InputException(dataset.folder() + " has " + names.size() + " tomograms, and a study of "
                    + settings.folds() + " folds needs at least " + Math.max(3, settings.folds() + 1)
                    + ": the last one tests, and each fold has one; give fewer --folds or more tomograms");
        }
        requireNoGap(names);
        learning = names.subList(0, names.size() - 1);
        test = List.of(names.getLast());
    }

    /**
     * Runs the study, or what is left of it.
     *
     * @param out its folder: new, empty, or of a study with the same settings
     * @return empty if a stop was asked for
     * @throws InputException if something that was given cannot be used
     */
    public static Optional<StudyResult> run(Path out, StudySettings settings, TrainContext context) {
        return new Reproduction(out, settings, context).run();
    }

    /** The last tomogram tests: one that is missing without a word would make another one the test. */
    private void requireNoGap(List<String> names) {
        List<String> missing = IntStream.range(0, names.size())
                .mapToObj(number -> ShrecDataset.PREFIX + number)
                .filter(name -> !names.contains(name))
                .toList();
        if (!missing.isEmpty()) {
            throw new InputException(
                    dataset.folder() + " has " + names.size() + " tomograms, " + names.getFirst() + " to "
                            + names.getLast() + ", but not " + String.join(", ", missing)
                            + "; unpack what is missing, or number the tomograms without a gap");
        }
    }

    private int trainings() {
        return settings.variants().size()
                * (2 + settings.folds() * settings.seeds().size());
    }

    /**
     * Reads both volumes of every tomogram: the trainings would find out only after hours that one is missing or damaged.
     *
     * @return how the reconstruction of each lies
     */
    private SequencedMap<ShrecTomogram, AlignmentCheck> alignment() {
        SequencedMap<ShrecTomogram, AlignmentCheck> found = new LinkedHashMap<>();
        context.progress()
                .start(
                        "Comparing reconstructions with the ground truth",
                        dataset.tomograms().size(),
                        "tomograms");
        for (ShrecTomogram tomogram : dataset.tomograms()) {
            found.put(tomogram, AlignmentCheck.of(tomogram));
            context.progress().advance(1);
        }
        context.progress().finish();
        return found;
    }

    private Optional<StudyResult> run() {
        settings.variants().forEach(version -> options("any", version, 0).check());
        MarkedFolder.check(out, MARK, settings, "study");
        StudyData data = StudyData.of(dataset);
        data.requireUnchanged(out);
        SequencedMap<ShrecTomogram, AlignmentCheck> alignment = alignment();
        alignment.forEach((tomogram, check) -> check.note(tomogram).ifPresent(context.say()));
        List<String> notes = requireParticles();
        notes.forEach(context.say());
        MarkedFolder.claim(out, MARK, settings, "study");
        data.keep(out);
        List<Trained> paper = new ArrayList<>();
        List<Trained> apart = new ArrayList<>();
        List<FairRun> fair = new ArrayList<>();
        for (Version version : settings.variants()) {
            Optional<Trained> network = paper(version);
            network.ifPresent(paper::add);
            Optional<Trained> split = network.flatMap(any -> apart(version));
            split.ifPresent(apart::add);
            if (split.isEmpty()) {
                return Optional.empty();
            }
            for (long seed : settings.seeds()) {
                for (int fold = 0; fold < settings.folds(); fold++) {
                    Optional<Trained> one = fair(version, fold, seed);
                    if (one.isEmpty()) {
                        return Optional.empty();
                    }
                    fair.add(new FairRun(one.orElseThrow(), fold, seed));
                }
            }
        }
        List<Evaluation> looks = paper.stream().map(this::look).toList();
        return Optional.of(
                new StudyReport(out, settings, dataset, test, alignment, notes, paper, apart, fair, looks).write());
    }

    /**
     * The last of the trainings would find out only after hours that it has too few particles.
     *
     * @return what the report must say of the data
     */
    private List<String> requireParticles() {
        StudyNeeds needs = new StudyNeeds(
                dataset,
                SmallestTraining.batch(options("any", settings.variants().getFirst(), 0)));
        needs.requirePaper(learning, test);
        for (int fold = 0; fold < settings.folds(); fold++) {
            needs.requireFold(fold, training(fold), validation(fold));
        }
        return needs.notes();
    }

    /** Asks the paper's question again, for the pictures that the answers on disk do not hold. */
    private Evaluation look(Trained network) {
        return Evaluator.run(
                new EvaluationSettings(
                        network.run(),
                        DataPlace.of(Path.of(settings.data())),
                        test,
                        network.run().resolve("evaluation-" + LOGITS),
                        Source.GRANDMODEL,
                        Borders.SKIP,
                        Fusion.LOGITS,
                        Scorer.BATCH,
                        null,
                        false),
                profiles,
                context.backend(),
                context.progress(),
                context.say());
    }

    private Optional<Trained> paper(Version version) {
        TrainOptions options = options(
                "paper-" + Trained.word(version), version, settings.seeds().getFirst());
        options.source = Source.GRANDMODEL;
        options.borders = Borders.SKIP;
        options.splitBy = SplitBy.PARTICLE;
        return train(
                options,
                version,
                List.of(
                        new Question(LOGITS, test, Borders.SKIP, Fusion.LOGITS),
                        new Question(PROBABILITIES, test, Borders.SKIP, Fusion.PROBABILITIES),
                        new Question(TEST, test, Borders.PAD, Fusion.LOGITS)));
    }

    private Optional<Trained> apart(Version version) {
        TrainOptions options = options(
                "apart-" + Trained.word(version), version, settings.seeds().getFirst());
        options.source = Source.GRANDMODEL;
        divide(options, 0);
        return train(options, version, List.of(new Question(TEST, test, Borders.PAD, Fusion.LOGITS)));
    }

    private Optional<Trained> fair(Version version, int fold, long seed) {
        TrainOptions options =
                options("fair-" + Trained.word(version) + "-fold" + fold + "-seed" + seed, version, seed);
        options.source = Source.RECONSTRUCTION;
        divide(options, fold);
        return train(
                options,
                version,
                List.of(
                        new Question(TEST, test, Borders.PAD, Fusion.LOGITS),
                        new Question(HELD_OUT, options.validationTomograms, Borders.PAD, Fusion.LOGITS)));
    }

    /** Keeps the tomograms of a fold for validation; all particles count. */
    private void divide(TrainOptions options, int fold) {
        options.borders = Borders.PAD;
        options.splitBy = SplitBy.TOMOGRAM;
        options.trainTomograms = training(fold);
        options.validationTomograms = validation(fold);
    }

    private List<String> training(int fold) {
        return learning.stream()
                .filter(name -> learning.indexOf(name) % settings.folds() != fold)
                .toList();
    }

    private List<String> validation(int fold) {
        return learning.stream()
                .filter(name -> learning.indexOf(name) % settings.folds() == fold)
                .toList();
    }

    private TrainOptions options(String name, Version version, long seed) {
        TrainOptions options = new TrainOptions(Path.of(settings.data()), out.resolve(name));
        String init = settings.init().get(version);
        options.recipe = init == null ? Recipe.SCRATCH : Recipe.PAPER;
        options.init = init == null ? null : Path.of(init);
        options.variant = init == null ? version : null;
        options.size = init == null ? settings.size() : null;
        options.imageSize = settings.imageSize();
        options.epochs = settings.epochs();
        options.batch = settings.batch();
        options.seed = seed;
        options.testTomograms = test;
        return options;
    }

    /** Trains a network, as far as it is not trained, and asks it what it was not asked; empty if a stop was asked for. */
    private Optional<Trained> train(TrainOptions options, Version version, List<Question> questions) {
        String name = options.out.getFileName().toString();
        context.say().accept("");
        context.say().accept("Training " + ++done + " of " + trainings() + ": " + name);
        Map<String, Result> results = new LinkedHashMap<>();
        Map<String, Answers> answers = new LinkedHashMap<>();
        boolean complete = questions.stream().allMatch(question -> Answers.exist(folder(options.out, question)));
        if (!complete) {
            if (Trainer.run(begun(options), context).end() == TrainResult.End.STOPPED) {
                return Optional.empty();
            }
        }
        for (Question question : questions) {
            Path folder = folder(options.out, question);
            if (context.stop().getAsBoolean()) {
                return Optional.empty();
            }
            if (!Answers.exist(folder)) {
                ask(options, question, folder);
            }
            answers.put(question.name(), Answers.read(folder));
            results.put(question.name(), Answers.read(folder).result(name, folder));
        }
        double seconds = EpochLog.read(new RunFolder(options.out).metrics()).stream()
                .mapToDouble(Epoch::seconds)
                .sum();
        return Optional.of(new Trained(name, version, options.out, seconds, results, answers));
    }

    /** The options with which a run is begun, or gone on with. */
    private static TrainOptions begun(TrainOptions options) {
        RunFolder run = new RunFolder(options.out);
        if (!Files.exists(run.settingsFile())) {
            return options;
        }
        if (!Files.exists(run.newest().resolve(Checkpoint.WEIGHTS))) {
            // Stopped before anything was trained.
            run.delete();
            return options;
        }
        TrainOptions resumed = new TrainOptions(options.data, options.out);
        resumed.recipe = options.recipe;
        resumed.resume = true;
        return resumed;
    }

    private static Path folder(Path run, Question question) {
        return run.resolve("evaluation-" + question.name());
    }

    private void ask(TrainOptions options, Question question, Path folder) {
        Evaluation evaluation = Evaluator.run(
                new EvaluationSettings(
                        options.out,
                        DataPlace.of(options.data),
                        question.tomograms(),
                        folder,
                        options.source,
                        question.borders(),
                        question.fusion(),
                        Scorer.BATCH,
                        null,
                        true),
                profiles,
                context.backend(),
                context.progress(),
                context.say());
        Answers.write(folder, evaluation);
    }
}
