package org.cryonext.cryoet.score;

import java.nio.file.Path;
import org.cryonext.engine.io.InputException;

/**
 * What can be chosen about the scoring.
 *
 * @param contest by whose rules; null for those that the ground truth's files belong to
 * @param groundTruthZ whether z of the submission counts from the first slice of the ground truth; without it the rule of
 *     the contest decides. Not in 2021, where tomogram and ground truth have the same slices
 * @param allClasses whether the classes count too that the published results of 2021 leave out (4V94 and vesicles)
 */
public record ScoreRules(Contest contest, boolean groundTruthZ, boolean allClasses) {
    /** As published. */
    public static final ScoreRules PUBLISHED = new ScoreRules(null, false, false);

    /** @throws InputException where something is chosen that the rules of the contest do not have */
    void requireFor(Contest used, Path folder) {
        if (allClasses && used.notCounted().isEmpty()) {
            throw refused("--all-classes", "2021, whose published results leave classes out", used, folder);
        }
        if (groundTruthZ && used == Contest.SHREC_2021) {
            throw refused("--ground-truth-z", "2019 and 2020, whose tomograms have further slices", used, folder);
        }
    }

    private static InputException refused(String option, String years, Contest used, Path folder) {
        return new InputException(option + " is for SHREC " + years + ", but " + folder + " is scored by the rules of "
                + used + "; leave it out, or name another year (--year)");
    }
}
