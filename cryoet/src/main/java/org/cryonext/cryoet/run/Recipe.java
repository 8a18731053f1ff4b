package org.cryonext.cryoet.run;

/** Which set of defaults a run started from. */
public enum Recipe {
    /** The study's: fine-tuning of ImageNet weights, first the head, then the last stage. */
    PAPER,
    /** Everything trained from random weights, on turned and flipped views. */
    SCRATCH,
    /**
     * What answers best on reconstructions: everything trained from random weights on slabs that together are the whole
     * cube, with the features of all planes read together. See docs/experiments.md.
     */
    BEST
}
