package org.cryonext.cryoet.run;

/**
 * How the images of a particle become one answer. Of the first two the training is the same, which averages logits; the
 * others join the images' features before the classifier, so that a network is trained for one of them.
 */
public enum Fusion {
    /** The softmax of the mean logits; what the study's notebook computes. */
    LOGITS,
    /** The mean of the softmaxes; what the study's text describes. */
    PROBABILITIES,
    /** The answer to the features' mean over all pixels of all images, normalised after it is taken. */
    FEATURES,
    /** The answer to all images' features together: the classifier knows which image it looks at. */
    CONCAT;

    /** Whether images meet before the classifier, and not after it. */
    public boolean isOfFeatures() {
        return this == FEATURES || this == CONCAT;
    }
}
