package org.cryonext.cryoet.run;

/** Which training samples an epoch shows. */
public enum Sampling {
    /** Each once, in random order. */
    SHUFFLED,
    /** As many in all, of each class as many: those of rare classes several times, not all of frequent ones. */
    BALANCED
}
