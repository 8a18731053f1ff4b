package org.cryonext.cryoet.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.cryonext.cryoet.dataset.DataPlace;

/**
 * Everything that makes a run what it is; stored as {@code run.json}.
 *
 * @param format of this record; 1
 * @param version of CryoNeXt that began the run
 * @param java version of the Java machine
 * @param device what it trains on, for instance {@code cpu}
 * @param recipe the defaults it started from
 * @param classes class names in the order of the network's logits
 * @param input what a particle looks like to the network
 * @param division which tomograms train, validate and test
 * @param hyperparameters every number of the recipe
 * @param place where the data set is and how its tomograms are taken; null in runs of earlier versions
 * @param appearance what particles look like in it; null in runs of earlier versions
 * @param provenance how the run came about; null in runs of earlier versions
 */
public record RunSettings(
        int format,
        String version,
        String java,
        String device,
        Recipe recipe,
        List<String> classes,
        NetworkInput input,
        DataDivision division,
        Hyperparameters hyperparameters,
        DataPlace place,
        Appearance appearance,
        Provenance provenance) {
    /** The format that this version writes and reads. */
    public static final int FORMAT = 1;

    /** Copies the list. */
    public RunSettings {
        classes = List.copyOf(classes);
    }

    /** The data set that the run was trained on. */
    public DataPlace data() {
        return place == null ? DataPlace.of(Path.of(division.data())) : place;
    }

    /**
     * A data set as the run's network is to see it, where it is a list of one's own: its tomograms rescaled to the run's
     * voxels and, where they are the run's own, taken as in the training unless the place says otherwise.
     */
    public DataPlace adapted(DataPlace other) {
        if (!Files.isRegularFile(Path.of(other.data()))) {
            return other;
        }
        DataPlace taken = other.isSame(data()) ? other.takenAs(data()) : other;
        return appearance != null ? taken.rescaledTo(appearance.voxelSize()) : taken;
    }
}
