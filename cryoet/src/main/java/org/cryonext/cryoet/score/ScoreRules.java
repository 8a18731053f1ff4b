package org.cryonext.cryoet.score;

/**
 * What can be chosen about the scoring.
 *
 * @param contest by whose rules; null for those that the ground truth's files belong to
 * @param groundTruthZ whether z of a 2019 submission counts from the first slice of the ground truth; from 2020 on that is
 *     told by the submission itself
 * @param allClasses whether the classes count too that the published results of 2021 leave out (4V94 and vesicles)
 */
public record ScoreRules(Contest contest, boolean groundTruthZ, boolean allClasses) {
    /** As published. */
    public static final ScoreRules PUBLISHED = new ScoreRules(null, false, false);
}
