package org.cryonext.cryoet.run;

/** How the views of a particle become one answer when it is classified. Training always averages logits. */
public enum Fusion {
    /** The softmax of the mean logits; what the study's notebook computes. */
    LOGITS,
    /** The mean of the softmaxes; what the study's text describes. */
    PROBABILITIES
}
