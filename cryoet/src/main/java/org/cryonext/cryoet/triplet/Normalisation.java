package org.cryonext.cryoet.triplet;

/** How the values of a slice become bytes. */
public enum Normalisation {
    /** The slice's own minimum becomes 0 and its maximum 255, as in the paper: all contrast, no absolute density. */
    SLICE,
    /** The tomogram's mean less four standard deviations becomes 0 and the mean plus four 255: densities compare. */
    TOMOGRAM
}
