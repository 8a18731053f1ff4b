package org.cryonext.cryoet.classify;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.metrics.Prediction;
import org.cryonext.cryoet.network.Score;
import org.cryonext.cryoet.network.Scorer;
import org.cryonext.cryoet.particle.Centrings;
import org.cryonext.cryoet.particle.ClassNames;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.particle.ParticleList;
import org.cryonext.cryoet.particle.ParticleReader;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.cryoet.run.RunSettings;
import org.cryonext.cryoet.triplet.Borders;
import org.cryonext.cryoet.triplet.SliceCutter;
import org.cryonext.cryoet.volume.MrcVolume;
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
    private final Map<Tomogram, int[]> groups;
    private final Progress progress;
    private final Consumer<String> say;

    private Classifier(
            ClassifySettings settings,
            RunSettings run,
            ParticleList list,
            Map<Tomogram, int[]> groups,
            Progress progress,
            Consumer<String> say) {
        this.settings = settings;
        this.run = run;
        this.list = list;
        this.groups = groups;
        this.progress = progress;
        this.say = say;
    }

    /**
     * Classifies and writes the results. Everything that can be checked is checked before the network runs.
     *
     * @param backend what runs the network; the caller closes it
     * @param say shows a sentence to the user
     * @throws InputException if something that was given cannot be used
     */
    public static Classification run(
            ClassifySettings settings, Backend backend, Progress progress, Consumer<String> say) {
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
        ParticleList list = ParticleReader.read(settings.particles(), centrings);
        list.notes().forEach(note -> say.accept(list.file() + ": " + note));
        Classifier classifier = new Classifier(settings, run, list, tomograms.group(list), progress, say);
        classifier.requireAllInside();
        List<Prediction> predictions;
        try (Scorer scorer = Scorer.open(folder, backend, settings.batch())) {
            predictions = classifier.score(scorer);
        }
        int written = outputs.write(list, run.classes(), predictions, selected);
        return new Classification(run.classes(), predictions, outputs.star(), outputs.csv(), written);
    }

    /** Ids of the classes to write. */
    private static Set<Integer> selected(ClassifySettings settings, ClassNames classes) {
        return settings.select() == null
                ? IntStream.range(0, classes.size()).boxed().collect(Collectors.toSet())
                : settings.select().stream().map(classes::id).collect(Collectors.toSet());
    }

    /** Looks at every tomogram and every position, so that hours of work do not end at the last particle. */
    private void requireAllInside() {
        Notes notes = new Notes();
        groups.forEach((tomogram, indices) -> {
            try (MrcVolume volume = tomogram.open()) {
                // What is odd about SHREC's headers is known, and the same in all of them.
                if (tomogram.source() == null) {
                    volume.notes().forEach(note -> notes.add(volume.name(), note));
                }
                int offset = offset(tomogram);
                describe(tomogram, offset, notes);
                SliceCutter cutter = cutter(volume, offset);
                for (int index : indices) {
                    cutter.accepts(list.particles().get(index));
                }
            }
        });
        notes.show(say);
    }

    private SliceCutter cutter(MrcVolume volume, int offset) {
        return new SliceCutter(volume, offset, run.input().views(), Borders.PAD);
    }

    /** SHREC's own lists give the z of the ground truth; every other list is in voxels of its tomogram. */
    private int offset(Tomogram tomogram) {
        if (settings.zOffset() != null) {
            return settings.zOffset();
        }
        return isShrecList() ? tomogram.groundTruthOffset() : 0;
    }

    private boolean isShrecList() {
        return list.particles().getFirst().angles() != null;
    }

    private void describe(Tomogram tomogram, int offset, Notes notes) {
        String file = tomogram.file().toString();
        if (settings.zOffset() == null) {
            int truth = tomogram.groundTruthOffset();
            if (offset != 0) {
                notes.add(
                        file,
                        offset + " is added to z of the list, which is that of the ground truth in lists of this form");
            } else if (truth != 0) {
                notes.add(
                        file,
                        "z of the list is taken as that of this volume; if it is that of the ground truth, give"
                                + " --z-offset " + truth);
            }
        }
        Source source = tomogram.source();
        Source trained = run.input().source();
        if (source != null && source != trained) {
            notes.add(
                    file,
                    "the run was trained on " + trained.file() + " (" + word(trained)
                            + "); on another source its answers are far less reliable");
        }
    }

    private static String word(Source source) {
        return "--source " + source.name().toLowerCase(Locale.ROOT);
    }

    private List<Prediction> score(Scorer scorer) {
        Prediction[] predictions = new Prediction[list.particles().size()];
        progress.start("Classifying", predictions.length, "particles");
        groups.forEach((tomogram, indices) -> {
            progress.note(tomogram.name());
            try (MrcVolume volume = tomogram.open()) {
                SliceCutter cutter = cutter(volume, offset(tomogram));
                List<Score> scores = scorer.score(
                        indices.length,
                        (particle, out, at) -> cutter.cut(list.particles().get(indices[particle]), out, at),
                        progress);
                for (int i = 0; i < indices.length; i++) {
                    predictions[indices[i]] =
                            prediction(tomogram, list.particles().get(indices[i]), scores.get(i));
                }
            }
        });
        progress.finish();
        return Arrays.asList(predictions);
    }

    private static Prediction prediction(Tomogram tomogram, Particle particle, Score score) {
        return new Prediction(
                particle.tomogram() == null ? tomogram.name() : particle.tomogram(),
                particle.x(),
                particle.y(),
                particle.z(),
                particle.line(),
                Prediction.UNKNOWN,
                score.predicted(),
                score.probabilities());
    }
}
