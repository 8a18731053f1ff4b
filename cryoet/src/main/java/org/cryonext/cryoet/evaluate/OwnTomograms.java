package org.cryonext.cryoet.evaluate;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.cryonext.cryoet.dataset.Contrast;
import org.cryonext.cryoet.dataset.DataPlace;
import org.cryonext.cryoet.dataset.Dataset;
import org.cryonext.cryoet.dataset.LabelledTomogram;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.run.RunSettings;
import org.cryonext.cryoet.volume.Volume;

/**
 * What to say of tomograms of one's own that are evaluated: how they are taken, and where they look otherwise than those of the
 * training.
 *
 * @param given the data as the options give them
 * @param dataset the same, opened as {@link RunSettings#adapted} takes them
 */
record OwnTomograms(RunSettings run, DataPlace given, Dataset dataset) {

    /** The run's own tomograms are taken as its training took them, which need not be said again. */
    Optional<String> taken() {
        DataPlace place = run.adapted(given);
        List<String> options = new ArrayList<>();
        if (place.voxelSize() != given.voxelSize()) {
            options.add("--voxel-size " + text(place.voxelSize()));
        }
        if (place.invert() != given.invert()) {
            options.add("--invert");
        }
        if (place.divisor() != given.divisor()) {
            options.add("--binning " + text(place.divisor()));
        }
        return options.isEmpty()
                ? Optional.empty()
                : Optional.of(dataset.place() + ": taken as in the training, with " + String.join(" and ", options));
    }

    private static String text(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }

    /** A sentence for each tomogram of the other contrast; in SHREC's layout that goes with the source, of which is warned already. */
    List<String> inverted(List<? extends LabelledTomogram> tomograms, Source source) {
        List<String> warnings = new ArrayList<>();
        if (run.appearance() == null || !dataset.isOwn()) {
            return warnings;
        }
        DataPlace place = run.adapted(given);
        boolean always = run.data().invert() && place.isSame(run.data());
        String advice = always
                ? "write it with the sign of its values turned"
                : place.invert() ? "leave --invert out" : "give --invert";
        for (LabelledTomogram tomogram : tomograms) {
            try (Volume volume = tomogram.open(source)) {
                Contrast here = Contrast.of(
                        volume, tomogram.placement(source), tomogram.particles().particles());
                run.appearance()
                        .contradiction(here, advice)
                        .ifPresent(sentence -> warnings.add(volume.name() + ": " + sentence));
            }
        }
        return warnings;
    }
}
