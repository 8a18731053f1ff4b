package org.cryonext.models.convnext;

/** The two architectures. */
public enum Version {
    /** arXiv 2201.03545: each block's output is multiplied by a layer scale per channel. */
    V1,
    /** arXiv 2301.00808: global response normalisation (GRN) inside the MLP instead of the layer scale. */
    V2
}
