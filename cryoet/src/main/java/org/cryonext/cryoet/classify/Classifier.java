package org.cryonext.cryoet.classify;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.cryonext.cryoet.dataset.Contrast;
import org.cryonext.cryoet.dataset.DataPlace;
import org.cryonext.cryoet.dataset.Dataset;
import org.cryonext.cryoet.dataset.LabelledTomogram;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.metrics.Prediction;
import org.cryonext.cryoet.metrics.Rejection;
import org.cryonext.cryoet.network.Backends;
import org.cryonext.cryoet.network.Score;
import org.cryonext.cryoet.network.Scorer;
import org.cryonext.cryoet.network.Scorers;
import org.cryonext.cryoet.particle.Centrings;
import org.cryonext.cryoet.particle.ClassNames;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.particle.ParticleList;
import org.cryonext.cryoet.particle.ParticleReader;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.cryoet.run.RunSettings;
import org.cryonext.cryoet.triplet.Borders;
import org.cryonext.cryoet.triplet.SliceCutter;
import org.cryonext.cryoet.volume.Volume;
import org.cryonext.cryoet.volume.VolumeNotes;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;

/**
 * Says what the particles of a list are. Volumes stay on disk and are read where particles are; batches follow one after
 * another, so that beside the list itself memory does not grow with the number of particles. Every particle counts, near
 * a border too.
 */
public final class Classifier {
    private final ClassifySettings settings;
    private final RunSettings run;
    private final ParticleList list;
    private final List<Group> groups;
    private final Progress progress;
    private final Consumer<String> say;
    private final Double[] energies;

    private Classifier(
            ClassifySettings settings,
            RunSettings run,
            ParticleList list,
            List<Group> groups,
            Progress progress,
            Consumer<String> say) {
        this.settings = settings;
        this.run = run;
        this.list = list;
        this.groups = groups;
        this.progress = progress;
        this.say = say;
        energies = new Double[list.particles().size()];
    }

    /** Classifies on one device, which the caller closes. */
    public static Classification run(
            ClassifySettings settings, Backend backend, Progress progress, Consumer<String> say) {
        return run(settings, Backends.of(backend), progress, say);
    }

    /**
     * Classifies and writes the results. Everything that can be checked is checked before the network runs.
     *
     * @param backends what runs the network, each on tomograms of its own; the caller closes them
     * @param say shows a sentence to the user
     * @throws InputException if something that was given cannot be used
     */
    public static Classification run(
            ClassifySettings settings, Backends backends, Progress progress, Consumer<String> say) {
        RunFolder folder = RunFolder.open(settings.run());
        RunSettings run = folder.settings();
        Set<Integer> selected = selected(settings, new ClassNames(run.classes()));
        Outputs outputs = Outputs.of(settings.out(), settings.particles());
        Source source = settings.source() == null ? run.input().source() : settings.source();
        Tomograms tomograms = new Tomograms(settings.tomogram(), source);
        double voxelSize = settings.voxelSize() == null ? 0 : settings.voxelSize();
        Centrings centrings = settings.tomogramsStar() == null
                ? tomograms.centrings(voxelSize)
                : Centrings.read(settings.tomogramsStar(), voxelSize);
        ParticleList list = ParticleReader.read(settings.particles(), centrings).binned(settings.divisor());
        list.notes().forEach(note -> say.accept(list.file() + ": " + note));
        Double threshold = settings.reject() == null
                ? null
                : folder.rejectionThreshold(
                        settings.reject(), settings.mirrors().count());
        VolumeNotes notes = new VolumeNotes("tomogram");
        List<Group> groups = list.images() == null
                ? new TomogramGroups(settings, run, list, notes).of(tomograms.group(list))
                : extracted(settings, run, say);
        Classifier classifier = new Classifier(settings, run, list, groups, progress, say);
        classifier.requireAllInside(notes);
        notes.show(say);
        List<Prediction> predictions;
        int batch = batch(settings, groups);
        try (Scorers scorers = Scorers.open(backends, backend -> Scorer.open(folder, backend, batch), say)) {
            predictions = classifier.score(scorers);
        }
        Rejection rejection = threshold == null
                ? null
                : new Rejection(settings.reject(), threshold, Arrays.asList(classifier.energies));
        int written = outputs.write(list, run.classes(), predictions, selected, rejection);
        return new Classification(run.classes(), predictions, outputs.star(), outputs.csv(), written, rejection);
    }

    /** No larger than what a volume has to fill it with: a batch takes the same time however much of it is used. */
    private static int batch(ClassifySettings settings, List<Group> groups) {
        int most = groups.stream()
                .mapToInt(group -> group.particles().size())
                .max()
                .orElse(1);
        long shots = (long) most * settings.mirrors().count();
        return (int) Math.min(settings.batch(), Math.max(1, shots));
    }

    /** Ids of the classes to write. */
    private static Set<Integer> selected(ClassifySettings settings, ClassNames classes) {
        return settings.select() == null
                ? IntStream.range(0, classes.size()).boxed().collect(Collectors.toSet())
                : settings.select().stream().map(classes::id).collect(Collectors.toSet());
    }

    /** The groups of a list of extracted subtomograms. */
    private static List<Group> extracted(ClassifySettings settings, RunSettings run, Consumer<String> say) {
        DataPlace place = new DataPlace(
                settings.particles().toAbsolutePath().normalize().toString(),
                settings.tomogram().toAbsolutePath().normalize().toString(),
                settings.voxelSize() == null ? 0 : settings.voxelSize(),
                run.appearance() == null ? 0 : run.appearance().voxelSize(),
                settings.invert());
        Dataset dataset = Dataset.openList(place, "as TOMOGRAM");
        // The one about the list itself has been said already.
        dataset.notes().stream()
                .filter(note -> !note.startsWith(dataset.place() + ": "))
                .forEach(say);
        List<Group> groups = new ArrayList<>();
        for (LabelledTomogram tomogram : dataset.tomograms()) {
            groups.add(new Group(
                    tomogram.name(),
                    tomogram.particles().particles(),
                    tomogram.placement(Source.TOMOGRAM),
                    () -> tomogram.open(Source.TOMOGRAM)));
        }
        return groups;
    }

    /** Looks at every tomogram and every position, so that hours of work do not end at the last particle. */
    private void requireAllInside(VolumeNotes notes) {
        for (Group group : groups) {
            try (Volume volume = group.open()) {
                SliceCutter cutter = cutter(volume, group);
                group.particles().forEach(cutter::accepts);
                if (run.appearance() != null) {
                    Contrast here = Contrast.of(volume, group.placement(), group.particles());
                    run.appearance()
                            .contradiction(here, settings.invert() ? "leave --invert out" : "give --invert")
                            .ifPresent(sentence -> notes.add(volume.name(), sentence));
                }
            }
        }
    }

    private SliceCutter cutter(Volume volume, Group group) {
        return run.input().cutter(volume, group.placement(), Borders.PAD);
    }

    private List<Prediction> score(Scorers scorers) {
        Prediction[] predictions = new Prediction[list.particles().size()];
        progress.start("Classifying", predictions.length, "particles");
        Map<Integer, Integer> rows = new HashMap<>();
        for (int row = 0; row < predictions.length; row++) {
            rows.put(list.particles().get(row).line(), row);
        }
        List<List<Answer>> answers =
                scorers.map(groups, Group::name, (group, scorer, joint) -> score(group, scorer, rows, joint), progress);
        for (Answer answer : answers.stream().flatMap(List::stream).toList()) {
            energies[answer.row()] = answer.energy();
            predictions[answer.row()] = answer.prediction();
        }
        progress.finish();
        return Arrays.asList(predictions);
    }

    /** What came out for a row of the list. */
    private record Answer(int row, double energy, Prediction prediction) {}

    /** @param rows of the list, by the particles' lines */
    private List<Answer> score(Group group, Scorer scorer, Map<Integer, Integer> rows, Progress joint) {
        List<Particle> own = group.particles();
        try (Volume volume = group.open()) {
            List<Score> scores = scorer.score(cutter(volume, group), own, settings.mirrors(), joint);
            List<Answer> answers = new ArrayList<>(own.size());
            for (int i = 0; i < own.size(); i++) {
                int row = rows.get(own.get(i).line());
                Score score = scores.get(i);
                answers.add(new Answer(
                        row,
                        score.energy(),
                        prediction(group.name(), list.particles().get(row), score)));
            }
            return answers;
        }
    }

    private static Prediction prediction(String tomogram, Particle particle, Score score) {
        return new Prediction(
                particle.tomogram() == null ? tomogram : particle.tomogram(),
                particle.x(),
                particle.y(),
                particle.z(),
                particle.line(),
                Prediction.UNKNOWN,
                score.predicted(),
                score.probabilities());
    }
}
