package org.cryonext.cryoet.score;

import java.util.List;
import java.util.Locale;
import org.cryonext.engine.io.InputException;

/**
 * A SHREC contest of classification in cryo-electron tomograms: what its ground truth is called, and how its organisers
 * scored. The classes are in the order of the contest's ids, which begin at 1.
 */
public enum Contest {
    /** Lists are {@code pdb Z Y X}, the mask is {@code hitbox_N.mrc} and is taken as it is. */
    SHREC_2019(List.of("1bxn", "1qvr", "1s3x", "1u6g", "2cg9", "3cf3", "3d2f", "3gl1", "3h84", "3qm1", "4b4t", "4d8q")),
    /** Lists are {@code pdb X Y Z}; the reconstruction is taller than the ground truth; the mask is dilated. */
    SHREC_2020(List.of("3cf3", "1s3x", "1u6g", "4cr2", "1qvr", "3h84", "2cg9", "3qm1", "3gl1", "3d2f", "4d8q", "1bxn")),
    /** As in 2020, with reconstruction and ground truth of one size; ribosomes and vesicles do not count. */
    SHREC_2021(List.of(
            "4V94",
            "4CR2",
            "1QVR",
            "1BXN",
            "3CF3",
            "1U6G",
            "3D2F",
            "2CG9",
            "3H84",
            "3GL1",
            "3QM1",
            "1S3X",
            "5MRC",
            "vesicle",
            "fiducial"));

    /** What a particle is called that was not found. */
    public static final String BACKGROUND = "background";

    private static final List<String> NOT_COUNTED_IN_2021 = List.of("4V94", "vesicle");

    private final List<String> classes;

    Contest(List<String> classes) {
        this.classes = classes;
    }

    /**
     * The contest of a year.
     *
     * @throws InputException where there was none
     */
    public static Contest of(int year) {
        return switch (year) {
            case 2019 -> SHREC_2019;
            case 2020 -> SHREC_2020;
            case 2021 -> SHREC_2021;
            default -> throw new InputException("--year is " + year + ", expected 2019, 2020 or 2021");
        };
    }

    /** The classes, without the background. */
    public List<String> classes() {
        return classes;
    }

    /** The year, as it is typed. */
    @Override
    public String toString() {
        return name().substring(name().length() - 4);
    }

    /** Classes that the published results leave out. */
    List<String> notCounted() {
        return this == SHREC_2021 ? NOT_COUNTED_IN_2021 : List.of();
    }

    /** The contest's spelling of a class name: 2021 takes proteins in any case. */
    String spelling(String name) {
        return this == SHREC_2021 && !name.equals("fiducial") && !name.equals("vesicle")
                ? name.toUpperCase(Locale.ROOT)
                : name;
    }

    /** Whether a name stands for "nothing there". */
    static boolean isBackground(String name) {
        return name.equals("0") || name.equalsIgnoreCase(BACKGROUND);
    }
}
