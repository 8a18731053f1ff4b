package org.cryonext.models.convnext;

/** The parts of a model that are frozen, unfrozen and given learning rates as one, in the order of the data. */
public enum Part {
    STEM,
    /** A stage has its blocks and the downsampling layer before them. */
    STAGE0,
    STAGE1,
    STAGE2,
    STAGE3,
    /** The LayerNorm between pooling and classifier. */
    FINAL_NORM,
    /** The classifier, the last Linear. */
    HEAD;

    /** The part of stage {@code i}, 0 to 3. */
    public static Part stage(int i) {
        return values()[STAGE0.ordinal() + i];
    }
}
