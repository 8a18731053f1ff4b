package org.cryonext.models.convnext;

import org.cryonext.engine.io.InputException;

/**
 * What the classifier reads of a sample: the features of one image, or those of several that show the same thing, and
 * numbers that come from no image.
 *
 * @param features how the features of several images become one sample's
 * @param images images of a sample, one after another in the batch; 1 where each image is a sample of its own
 * @param profile further numbers of a sample that the classifier weighs beside the features; 0 for none
 */
public record HeadInput(Features features, int images, int profile) {
    /** An image is a sample, as in every published model. */
    public static final HeadInput IMAGE = new HeadInput(Features.IMAGE, 1, 0);

    /** Far more than any sample has, and any list of numbers beside it. */
    private static final int MOST = 1 << 12;

    /** How features meet. */
    public enum Features {
        /** Each image has its own. */
        IMAGE,
        /** Averaged over all pixels of all images of the sample, then normalised. */
        MEAN,
        /** Averaged and normalised for each image, and put one behind another: the classifier has images x dim inputs. */
        CONCAT
    }

    /** @throws InputException if a number is out of bounds */
    public HeadInput {
        if (images < 1 || images > MOST || features == Features.IMAGE && images > 1) {
            throw new InputException("Not a usable ConvNeXt: a head of " + images + " images whose features are "
                    + features + ", expected 1 to " + MOST + ", and 1 where each image has its own");
        }
        if (profile < 0 || profile > MOST) {
            throw new InputException("Not a usable ConvNeXt: a profile of " + profile
                    + " numbers beside the features, expected 0 to " + MOST);
        }
    }

    /** Features of an image as they are, of several as one. */
    public boolean isOfOneImage() {
        return features == Features.IMAGE;
    }

    /**
     * Inputs of the classifier, without the profile.
     *
     * @param dim features of an image
     */
    public long inputs(long dim) {
        return features == Features.CONCAT ? images * dim : dim;
    }
}
