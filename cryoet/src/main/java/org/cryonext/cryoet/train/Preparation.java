package org.cryonext.cryoet.train;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.cryonext.cryoet.dataset.DataPlace;
import org.cryonext.cryoet.dataset.Dataset;
import org.cryonext.cryoet.dataset.Fingerprint;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.particle.ClassNames;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.run.Appearance;
import org.cryonext.cryoet.run.Channels;
import org.cryonext.cryoet.run.DataDivision;
import org.cryonext.cryoet.run.Hyperparameters;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.cryoet.run.ParticleCounts;
import org.cryonext.cryoet.run.Provenance;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.cryoet.run.RunSettings;
import org.cryonext.cryoet.run.SplitBy;
import org.cryonext.cryoet.run.Timestamp;
import org.cryonext.cryoet.volume.Volume;
import org.cryonext.cryoet.volume.VoxelSize;
import org.cryonext.engine.Release;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.io.AtomicFile;
import org.cryonext.engine.io.Counted;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.checkpoint.Preprocessing;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.load.ModelFile;
import org.cryonext.models.load.NonFinite;

/** Turns options into a run: reads data set, order and initial weights, and makes the folder, or opens it to resume. */
final class Preparation {
    private static final double SHREC_VOXEL = 10;

    private final TrainOptions options;
    private final Dataset dataset;
    private final SampleReader reader;

    private Preparation(TrainOptions options, DataPlace place) {
        this.options = options;
        this.dataset = Dataset.open(place);
        this.reader = new SampleReader(dataset);
    }

    /**
     * Begins a new run in a folder of its own.
     *
     * @param device what it trains on
     * @param progress shows how far the reading of weights and profiles is
     */
    static PreparedRun begin(TrainOptions options, Backend device, Progress progress) {
        new RunFolder(options.out).requireUnused();
        return new Preparation(options, options.place()).begin(device, progress);
    }

    /**
     * Opens a run that was begun.
     *
     * @param progress shows how far the reading of profiles is
     */
    static PreparedRun resume(TrainOptions options, Progress progress) {
        RunFolder folder = RunFolder.open(options.out);
        RunSettings settings = folder.settings();
        ResumeCheck.require(options, settings, folder);
        if (!Files.exists(folder.newest().resolve(Checkpoint.WEIGHTS))) {
            throw new InputException(folder.folder() + " was stopped before its initial weights were written; delete it"
                    + " and train without --resume");
        }
        Checkpoint newest = Checkpoint.read(folder.newest());
        ResumeCheck.require(options, newest.config(), folder);
        return new Preparation(options, settings.data()).resume(folder, settings, newest, progress);
    }

    private PreparedRun begin(Backend device, Progress progress) {
        Presets presets = new Presets(options);
        SplitBy splitBy = presets.splitBy();
        OrderFile order = options.order == null ? null : OrderFile.read(options.order);
        Tomograms tomograms = order == null ? Tomograms.choose(dataset, splitBy, options) : named(order);
        Optional<Checkpoint> init = Optional.ofNullable(options.init)
                .map(file -> NonFinite.requireNone(ModelFile.read(file, progress), file.toString()));
        ClassNames classes = classes(order, tomograms, init);
        NetworkInput images = presets.input(
                init.map(Checkpoint::preprocessing).orElse(Preprocessing.usual(224, presets.imageChannels())),
                dataset.source(options.source, Source.GRANDMODEL));
        init.ifPresent(given -> requireChannels(given, images));
        SampleSet samples = order == null
                ? samples(tomograms, images, classes, splitBy, presets.trainShare(), presets.seed())
                : ordered(order, options.order, classes);
        int epochs = order == null ? presets.epochs() : epochs(order);
        int batch = order == null ? presets.batch() : batch(order);
        if (order == null && samples.train().length < batch) {
            throw new InputException(Counted.of(samples.train().length, "particle")
                    + (samples.train().length == 1 ? " trains" : " train") + ", fewer than one batch"
                    + " of " + batch + "; take a smaller --batch, more tomograms"
                    + " or a larger --train-share");
        }
        if (samples.train().length == 0) {
            throw new InputException(options.order + ": train is empty, expected the samples that train");
        }
        TrainedClasses.requireSeveral(samples, classes, dataset.place());
        SampleProfiles profiles = presets.profile() ? profiles(samples, images, progress) : null;
        NetworkInput input = presets.withProfile(images, profiles, samples);
        Checkpoint initial = withImages(initial(presets, classes, init, input), input, presets.dropPath());
        List<Double> weights = order != null
                ? orderedWeights(order, classes)
                : presets.weighsClasses() ? ClassWeights.inverse(samples.counts(classes.size())) : List.of();
        Hyperparameters numbers = presets.hyperparameters(epochs, batch, weights);
        DataDivision division = new DataDivision(
                Presets.absolute(options.data),
                splitBy,
                tomograms.train(),
                splitBy == SplitBy.PARTICLE ? tomograms.train() : tomograms.validation(),
                tomograms.test(),
                Presets.absolute(options.order),
                presets.trainShare(),
                fingerprints(tomograms, input.source()),
                new ParticleCounts(samples.train().length, samples.validation().length));
        TrainingContrast contrast = contrast(input, tomograms);
        RunSettings settings = new RunSettings(
                RunSettings.FORMAT,
                Release.version(),
                Runtime.version().toString(),
                device.name(),
                options.recipe(),
                classes.names(),
                input,
                division,
                numbers,
                options.place(),
                new Appearance(voxelSize(input, tomograms), contrast.usual()),
                new Provenance(TrainingCommand.of(options), Hardware.describe(device), Timestamp.now()));
        RunFolder folder = RunFolder.create(options.out, settings);
        if (options.order != null) {
            copyOrder(folder);
        }
        initial.write(folder.newest());
        return new PreparedRun(
                folder,
                settings,
                initial,
                dataset,
                samples,
                profiles,
                batches(order, samples, numbers),
                contrast.note().stream().toList());
    }

    private SampleProfiles profiles(SampleSet samples, NetworkInput input, Progress progress) {
        if (!input.fusion().isOfFeatures()) {
            throw new InputException("--profile stands beside the features of a particle; give --fusion features or"
                    + " concat with it");
        }
        return SampleProfiles.read(dataset, samples.samples(), input.source(), progress);
    }

    /** Of all that train, validate and test. */
    private Map<String, Fingerprint> fingerprints(Tomograms tomograms, Source source) {
        Map<String, Fingerprint> fingerprints = new LinkedHashMap<>();
        for (List<String> names : List.of(tomograms.train(), tomograms.validation(), tomograms.test())) {
            for (String name : names) {
                fingerprints.computeIfAbsent(name, any -> Fingerprint.of(dataset.tomogram(name), source));
            }
        }
        return fingerprints;
    }

    /** Half a training on other data would be no training on either. */
    private void requireUnchanged(RunFolder folder, DataDivision division, Source source) {
        division.fingerprints().forEach((name, begun) -> {
            boolean trains =
                    division.train().contains(name) || division.validation().contains(name);
            if (trains && !Fingerprint.of(dataset.tomogram(name), source).equals(begun)) {
                throw new InputException(name + " of " + dataset.place()
                        + " is not the tomogram of that name on which the run "
                        + folder.folder() + " was begun: its particles or its volume are others; put it back, or begin"
                        + " another run");
            }
        });
    }

    /** Of all tomograms; of the first alone in SHREC's layout, where a simulation made all alike. */
    private TrainingContrast contrast(NetworkInput input, Tomograms tomograms) {
        if (!dataset.isOwn()) {
            return TrainingContrast.of(dataset, List.of(tomograms.train().getFirst()), List.of(), input.source());
        }
        List<String> others = new ArrayList<>(tomograms.validation());
        others.addAll(tomograms.test());
        return TrainingContrast.of(dataset, tomograms.train(), others, input.source());
    }

    private double voxelSize(NetworkInput input, Tomograms tomograms) {
        if (dataset.isOwn()) {
            return dataset.voxelSize();
        }
        try (Volume volume = dataset.tomogram(tomograms.train().getFirst()).open(input.source())) {
            // SHREC's headers say 1 Angstrom, and its voxels are 10.
            double size = VoxelSize.known(volume.voxelSize());
            return size > 0 ? size : SHREC_VOXEL;
        }
    }

    /** A resumed run must not depend on a file that may have changed. */
    private void copyOrder(RunFolder folder) {
        AtomicFile.write(folder.order(), temporary -> Files.write(temporary, Files.readAllBytes(options.order)));
    }

    private PreparedRun resume(RunFolder folder, RunSettings settings, Checkpoint newest, Progress progress) {
        ClassNames classes = new ClassNames(settings.classes());
        DataDivision division = settings.division();
        requireUnchanged(folder, division, settings.input().source());
        OrderFile order = division.splitBy() == SplitBy.ORDER ? OrderFile.read(folder.order()) : null;
        SampleSet samples = order != null
                ? ordered(order, folder.order(), classes)
                : samples(
                        new Tomograms(division.train(), division.validation(), division.test()),
                        settings.input(),
                        classes,
                        division.splitBy(),
                        division.trainShare(),
                        settings.hyperparameters().seed());
        return new PreparedRun(
                folder,
                settings,
                newest,
                dataset,
                samples,
                settings.input().profile() == null || RunState.isFinished(folder)
                        ? null
                        : profiles(samples, settings.input(), progress),
                batches(order, samples, settings.hyperparameters()),
                List.of());
    }

    private static IntFunction<List<int[]>> batches(OrderFile order, SampleSet samples, Hyperparameters numbers) {
        return order == null
                ? epoch -> samples.batches(numbers.seed(), epoch, numbers.batch(), numbers.sampling())
                : order.epochs()::get;
    }

    private static Tomograms named(OrderFile order) {
        List<String> train = names(order, order.train());
        List<String> validation = names(order, order.validation());
        List<String> test =
                order.test().stream().map(OrderFile.Place::tomogram).distinct().toList();
        return new Tomograms(train, validation, test);
    }

    private static List<String> names(OrderFile order, int[] indices) {
        return IntStream.of(indices)
                .mapToObj(i -> order.samples().get(i).tomogram())
                .distinct()
                .toList();
    }

    private ClassNames classes(OrderFile order, Tomograms tomograms, Optional<Checkpoint> init) {
        List<Particle> particles = new ArrayList<>();
        if (order == null) {
            particles.addAll(reader.particles(tomograms.train()));
            particles.addAll(reader.particles(tomograms.validation()));
            particles.addAll(reader.particles(tomograms.test()));
        } else {
            particles.addAll(reader.particles(order.samples(), options.order + ": samples"));
            particles.addAll(reader.particles(order.test(), options.order + ": test"));
        }
        ClassNames found = ClassNames.of(particles);
        if (init.isPresent()) {
            List<String> known = init.orElseThrow().config().labels();
            if (known.containsAll(particles.stream().map(Particle::className).collect(Collectors.toSet()))) {
                return new ClassNames(known);
            }
        }
        return found;
    }

    private static Checkpoint initial(
            Presets presets, ClassNames classes, Optional<Checkpoint> init, NetworkInput input) {
        return init.map(stored ->
                        stored.forLabels(classes.names(), presets.seed()).withHead(input.head(), presets.seed()))
                .orElseGet(() -> Checkpoint.fresh(
                        presets.architecture(classes.names(), input),
                        Preprocessing.usual(224, input.imageChannels()),
                        presets.seed()));
    }

    private void requireChannels(Checkpoint init, NetworkInput input) {
        int channels = init.config().channels();
        if (channels != input.imageChannels()) {
            throw new InputException("The network of " + options.init + " is for images of " + channels
                    + (channels == 1 ? " channel" : " channels") + ", but "
                    + (input.channels() == Channels.VIEWS
                            ? "--channels views:" + input.colours() + " makes"
                            : "--channels grey has")
                    + " images of " + input.imageChannels() + "; give --channels views:" + channels
                    + " with views to fit, or train from random weights");
        }
    }

    /** What is written with the weights makes transformers resize the 48 x 48 slices just as training does. */
    private static Checkpoint withImages(Checkpoint initial, NetworkInput input, double dropPath) {
        ConvNextConfig config = initial.config().withDropPathRate(dropPath);
        Preprocessing preprocessing = new Preprocessing(
                input.imageSize(), Preprocessing.Resample.BILINEAR, 1, 1 / 255.0, input.mean(), input.deviation());
        return new Checkpoint(config, preprocessing, initial.parameters(), initial.report());
    }

    private SampleSet samples(
            Tomograms tomograms,
            NetworkInput input,
            ClassNames classes,
            SplitBy splitBy,
            double trainShare,
            long seed) {
        List<Sample> train = reader.samples(tomograms.train(), input, classes);
        SampleSet all = splitBy == SplitBy.PARTICLE
                ? SampleSet.divide(train, Presets.TRAINING_SHARE, seed)
                : SampleSet.join(train, reader.samples(tomograms.validation(), input, classes));
        return all.withTrainingShare(trainShare, seed);
    }

    private SampleSet ordered(OrderFile order, Path file, ClassNames classes) {
        List<Particle> particles = reader.particles(order.samples(), file + ": samples");
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < particles.size(); i++) {
            Particle particle = particles.get(i);
            samples.add(new Sample(order.samples().get(i).tomogram(), particle, classes.id(particle)));
        }
        return new SampleSet(List.copyOf(samples), order.train(), order.validation());
    }

    private List<Double> orderedWeights(OrderFile order, ClassNames classes) {
        int given = order.classWeights().size();
        if (given != 0 && given != classes.size()) {
            throw new InputException(options.order + ": class_weights has " + given + " numbers, but there are "
                    + classes.size() + " classes: " + String.join(", ", classes.names()));
        }
        return order.classWeights();
    }

    private int epochs(OrderFile order) {
        int there = order.epochs().size();
        if (options.epochs != null && options.epochs > there) {
            throw new InputException(
                    "--epochs is " + options.epochs + ", but " + options.order + " has the batches of " + there);
        }
        return options.epochs != null ? options.epochs : there;
    }

    private int batch(OrderFile order) {
        int largest = order.epochs().stream()
                .flatMap(List::stream)
                .mapToInt(batch -> batch.length)
                .max()
                .orElseThrow();
        if (options.batch != null && options.batch != largest) {
            throw new InputException("--batch is " + options.batch + ", but the largest batch of " + options.order
                    + " has " + largest + " particles; leave --batch out");
        }
        return largest;
    }
}
