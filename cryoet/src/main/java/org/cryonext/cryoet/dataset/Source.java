package org.cryonext.cryoet.dataset;

/** Which volume of a simulated tomogram the slices are cut from. */
public enum Source {
    /** The ground truth with water and structural noise; what the paper used. */
    GRANDMODEL("grandmodel.mrc"),
    /** The ground truth without noise. */
    NOISEFREE("grandmodel_noisefree.mrc"),
    /** What a microscope would give: tilt projections, CTF, noise, missing wedge. */
    RECONSTRUCTION("reconstruction.mrc"),
    /** The only volume that there is of a tomogram of one's own. */
    TOMOGRAM("the tomogram");

    private final String file;

    Source(String file) {
        this.file = file;
    }

    /** Name of the file in a tomogram's folder. */
    public String file() {
        return file;
    }
}
