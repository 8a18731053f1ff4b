package org.cryonext.cryoet.study;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.cryonext.cryoet.dataset.ShrecDataset;
import org.cryonext.cryoet.dataset.ShrecTomogram;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.train.SmallestTraining;
import org.cryonext.cryoet.triplet.Borders;
import org.cryonext.cryoet.triplet.SliceCutter;
import org.cryonext.cryoet.triplet.View;
import org.cryonext.cryoet.volume.Volume;
import org.cryonext.engine.io.InputException;

/** Whether a data set has the particles that the study's trainings and tests need; counted before the first training. */
final class StudyNeeds {
    private final ShrecDataset dataset;
    private final int batch;
    private final Map<String, List<Particle>> all = new HashMap<>();
    private final Map<String, List<Particle>> inner = new HashMap<>();
    private final List<String> notes = new ArrayList<>();

    /** @param batch particles of a step */
    StudyNeeds(ShrecDataset dataset, int batch) {
        this.dataset = dataset;
        this.batch = batch;
        for (ShrecTomogram tomogram : dataset.tomograms()) {
            List<Particle> particles = tomogram.particles().particles();
            all.put(tomogram.name(), particles);
            try (Volume volume = tomogram.open(Source.GRANDMODEL)) {
                SliceCutter cutter =
                        new SliceCutter(volume, tomogram.zOffset(Source.GRANDMODEL), View.PAPER, Borders.SKIP);
                inner.put(
                        tomogram.name(),
                        particles.stream().filter(cutter::accepts).toList());
            }
        }
        compareWithPaper();
    }

    /** The paper's figures stand beside ours, whatever the data are. */
    private void compareWithPaper() {
        int tomograms = dataset.tomograms().size();
        if (tomograms != PaperFigures.TOMOGRAMS) {
            notes.add("The data have " + tomograms + " tomograms where SHREC 2020 has " + PaperFigures.TOMOGRAMS
                    + ": the networks are tested on "
                    + dataset.tomograms().getLast().name()
                    + ", those of the paper on " + ShrecDataset.PREFIX + (PaperFigures.TOMOGRAMS - 1) + ".");
        }
        Set<String> own = new TreeSet<>();
        all.values().forEach(particles -> own.addAll(classes(particles)));
        own.removeAll(PaperFigures.ENTRY_CLASSES);
        if (!own.isEmpty()) {
            notes.add("The paper has no figures of the classes " + String.join(", ", own) + ".");
        }
    }

    /**
     * Checks the paper's protocol, for which particles near a border do not count, and a fifth of the particles validates.
     *
     * @throws InputException where too few train, or none tests
     */
    void requirePaper(List<String> learning, List<String> test) {
        List<Particle> learned = of(inner, learning);
        int training = SmallestTraining.training(learned.size());
        if (training < batch) {
            throw tooSmall(
                    learned.size() + " particles of " + names(learning) + " lie 24 voxels from every border, so that by"
                            + " the paper's protocol " + training + " train, fewer than a step's " + batch);
        }
        if (of(inner, test).isEmpty()) {
            throw tooSmall("no particle of " + names(test) + ", which tests, lies 24 voxels from every border, and the"
                    + " paper's protocol leaves all others out");
        }
        note("the paper's protocol", learned);
    }

    /**
     * Checks a training for which whole tomograms validate and all particles count.
     *
     * @param fold from 0
     * @throws InputException where too few train, or none validates
     */
    void requireFold(int fold, List<String> training, List<String> validation) {
        List<Particle> learned = of(all, training);
        if (learned.size() < batch) {
            throw tooSmall("the tomograms that train where those of fold " + fold + " validate (" + names(training)
                    + ") have " + learned.size() + " particles, fewer than a step's " + batch);
        }
        if (of(all, validation).isEmpty()) {
            throw tooSmall(
                    "the tomograms that validate in fold " + fold + " (" + names(validation) + ") have no particle");
        }
        note("the networks that fold " + fold + " validates", learned);
    }

    /** Sentences about what is otherwise than in the paper, and about classes that some networks cannot learn. */
    List<String> notes() {
        return List.copyOf(notes);
    }

    private void note(String who, List<Particle> learned) {
        Set<String> missing = new TreeSet<>();
        all.values().forEach(particles -> missing.addAll(classes(particles)));
        missing.removeAll(classes(learned));
        if (!missing.isEmpty()) {
            notes.add("No particle of " + String.join(", ", missing) + " trains " + who
                    + ", which therefore cannot be right about any.");
        }
    }

    private static Set<String> classes(List<Particle> particles) {
        return particles.stream().map(Particle::className).collect(Collectors.toSet());
    }

    private InputException tooSmall(String why) {
        return new InputException(dataset.folder() + " is too small for this study: " + why
                + "; give more or larger tomograms, more particles, or a smaller --batch");
    }

    private static List<Particle> of(Map<String, List<Particle>> particles, List<String> tomograms) {
        return tomograms.stream().flatMap(name -> particles.get(name).stream()).toList();
    }

    private static String names(List<String> tomograms) {
        return String.join(", ", tomograms);
    }
}
