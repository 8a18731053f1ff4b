package org.cryonext.cryoet.run;

import java.util.Optional;
import org.cryonext.cryoet.dataset.Contrast;

/**
 * What particles look like where the run was trained.
 *
 * @param voxelSize edge of a voxel in Angstrom; 0 where it is not known
 * @param contrast whether particles are brighter or darker than what surrounds them
 */
public record Appearance(double voxelSize, Contrast contrast) {

    /**
     * What to say where particles are bright that were dark in the training, or the other way round: a network knows nothing
     * that looks so.
     *
     * @param here the contrast as the network is to see it
     * @param advice what to do about it
     * @return a sentence that goes on after the tomogram's name; empty where they are alike, or that is not clear
     */
    public Optional<String> contradiction(Contrast here, String advice) {
        return here.contradicts(contrast)
                ? Optional.of("the contrast is inverted: particles are " + here.words()
                        + " than what surrounds them, and the run was trained on particles that are "
                        + contrast.words() + "; " + advice)
                : Optional.empty();
    }
}
