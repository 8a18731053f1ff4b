package org.cryonext.cryoet.run;

/** What is kept together when samples are divided into training and validation. */
public enum SplitBy {
    /** Whole tomograms: validation sees none that was trained on. */
    TOMOGRAM,
    /** Single particles, 80 to 20 at random; neighbours of one tomogram fall on both sides. What the study did. */
    PARTICLE,
    /** Nothing: an order file lists the samples one by one. */
    ORDER
}
