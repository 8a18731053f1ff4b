package org.cryonext.cryoet.robustness;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.particle.ClassNames;
import org.cryonext.cryoet.run.RunSettings;
import org.cryonext.cryoet.simulate.Imaging;
import org.cryonext.cryoet.simulate.SimulatedData;
import org.cryonext.engine.io.InputException;

/**
 * What a run was trained on, as far as it matters to what it is measured on.
 *
 * @param imaging how its tomograms were imaged
 * @param densities digest of those to simulate from
 * @param against what can be changed
 * @param notes what must be read with the figures, a sentence each
 */
record Nominal(Imaging imaging, String densities, List<Factor> against, List<String> notes) {

    /**
     * Finds it out.
     *
     * @param run the run's settings
     * @param folder the run's folder, for messages
     * @throws InputException where nothing can be measured that would say something about the run
     */
    static Nominal of(RunSettings run, Path folder, RobustnessSettings settings) {
        requireKnown(run, folder);
        List<String> notes = new ArrayList<>();
        List<Factor> against = against(run, folder, settings.against(), notes);
        Path data = settings.data().orElse(Path.of(run.division().data()));
        Optional<SimulatedData> trainedOn = Files.isDirectory(data) ? SimulatedData.of(data) : Optional.empty();
        if (trainedOn.isEmpty()) {
            notes.add("How the training data were imaged is not known, as " + data
                    + " has no simulation.json; what is changed are SHREC 2020's values, and that the particles are none of the"
                    + " training data's cannot be checked.");
        }
        trainedOn.ifPresent(simulated -> requireUnseen(simulated, folder, settings));
        String densities = SimulatedData.digest(settings.templates());
        if (trainedOn.isPresent() && !trainedOn.get().densities().equals(densities)) {
            notes.add("The particles are simulated from other densities than those of the training data: the figures"
                    + " hold that difference too.");
        }
        Imaging imaging = trainedOn.map(SimulatedData::imaging).orElse(Imaging.SHREC);
        return new Nominal(imaging, densities, against, notes);
    }

    private static void requireKnown(RunSettings run, Path folder) {
        if (run.input().source() == Source.TOMOGRAM || !run.classes().containsAll(ClassNames.SHREC_2020.names())) {
            throw new InputException(folder + " tells apart the classes " + String.join(", ", run.classes()) + " in "
                    + run.input().source().file()
                    + "; tomograms are simulated in SHREC 2020's layout with its twelve proteins, so give a run that was"
                    + " trained on such data");
        }
    }

    private static List<Factor> against(RunSettings run, Path folder, List<Factor> wanted, List<String> notes) {
        Source source = run.input().source();
        if (source == Source.RECONSTRUCTION || wanted.stream().noneMatch(Factor::isOfImaging)) {
            return wanted;
        }
        String why = folder + " looks at " + source.file()
                + ", on which noise, defocus and missing wedge of the microscope do not act";
        List<Factor> left =
                wanted.stream().filter(factor -> !factor.isOfImaging()).toList();
        if (left.isEmpty()) {
            throw new InputException(why + "; give --against picking, or a run that was trained on reconstructions");
        }
        notes.add(why + ": picking error alone is measured.");
        return left;
    }

    private static void requireUnseen(SimulatedData trainedOn, Path folder, RobustnessSettings settings) {
        if (trainedOn.seed() == settings.seed()) {
            throw new InputException("--seed " + settings.seed() + " is the seed of the data that " + folder
                    + " was trained on, so that the particles would not be unseen; give another");
        }
        if (trainedOn.templates() && settings.templates().isEmpty()) {
            throw new InputException(folder + " was trained on particles that were simulated from given densities; give"
                    + " their folder with --templates");
        }
    }
}
