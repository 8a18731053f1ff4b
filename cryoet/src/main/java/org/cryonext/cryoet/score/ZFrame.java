package org.cryonext.cryoet.score;

/**
 * From where the z of a submission count.
 *
 * @param fromGroundTruth whether from the first slice of the ground truth; else from that of the tomogram, which may have
 *     further slices below
 * @param why it was taken so, without a full stop
 */
public record ZFrame(boolean fromGroundTruth, String why) {

    /** What z count from: "tomogram" or "ground truth". */
    public String origin() {
        return fromGroundTruth ? "ground truth" : "tomogram";
    }

    /** The frame and its reason in one sentence without a full stop. */
    @Override
    public String toString() {
        return "z counts from the first slice of the " + origin() + ": " + why;
    }
}
