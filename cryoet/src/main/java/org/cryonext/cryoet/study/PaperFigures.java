package org.cryonext.cryoet.study;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.cryonext.models.convnext.Version;

/**
 * The figures that the study published. Source: F. H. Rizk, Assessing ConvNeXt V1 and V2 for Protein Classification on the
 * SHREC 2020 Cryo-ET Dataset (2025), tables 1 to 3; those of the entries to SHREC 2020 as it cites them.
 */
final class PaperFigures {
    /** Classes in the order of the third table's columns. */
    static final List<String> ENTRY_CLASSES =
            List.of("1s3x", "3qm1", "3gl1", "3h84", "2cg9", "3d2f", "1u6g", "3cf3", "1bxn", "1qvr", "4cr2", "4d8q");

    /** Tomograms of SHREC 2020, of which the last one tests. */
    static final int TOMOGRAMS = 10;

    /** F1 of the contest's entries, which had to locate the particles too, and saw the reconstructions. */
    static final SequencedMap<String, double[]> ENTRIES = entries();

    private static final Map<String, PerClass> V1 = Map.ofEntries(
            Map.entry("1bxn", new PerClass(1, 1, 1)),
            Map.entry("1qvr", new PerClass(0.995, 0.995, 0.995)),
            Map.entry("1s3x", new PerClass(0.964, 0.970, 0.967)),
            Map.entry("1u6g", new PerClass(0.983, 0.989, 0.986)),
            Map.entry("2cg9", new PerClass(0.983, 0.989, 0.986)),
            Map.entry("3cf3", new PerClass(0.995, 0.995, 0.995)),
            Map.entry("3d2f", new PerClass(0.982, 0.982, 0.982)),
            Map.entry("3gl1", new PerClass(1, 0.978, 0.989)),
            Map.entry("3h84", new PerClass(1, 0.995, 0.997)),
            Map.entry("3qm1", new PerClass(0.961, 0.972, 0.966)),
            Map.entry("4cr2", new PerClass(1, 1, 1)),
            Map.entry("4d8q", new PerClass(1, 1, 1)));
    private static final Map<String, PerClass> V2 = Map.ofEntries(
            Map.entry("1bxn", new PerClass(1, 1, 1)),
            Map.entry("1qvr", new PerClass(0.991, 1, 0.995)),
            Map.entry("1s3x", new PerClass(0.993, 0.893, 0.940)),
            Map.entry("1u6g", new PerClass(0.973, 0.994, 0.983)),
            Map.entry("2cg9", new PerClass(1, 0.966, 0.983)),
            Map.entry("3cf3", new PerClass(1, 1, 1)),
            Map.entry("3d2f", new PerClass(0.988, 1, 0.994)),
            Map.entry("3gl1", new PerClass(0.994, 0.994, 0.994)),
            Map.entry("3h84", new PerClass(1, 0.995, 0.997)),
            Map.entry("3qm1", new PerClass(0.902, 0.989, 0.943)),
            Map.entry("4cr2", new PerClass(1, 0.996, 0.998)),
            Map.entry("4d8q", new PerClass(1, 1, 1)));

    private PaperFigures() {}

    /** Figures of one class. */
    record PerClass(double precision, double recall, double f1) {}

    /**
     * Figures of a network over all particles.
     *
     * @param accuracy of the test tomogram's particles
     * @param precision macro average
     * @param recall macro average
     * @param f1 macro average
     * @param seconds of inference on a T4
     */
    record Overall(double accuracy, double precision, double recall, double f1, double seconds) {}

    static Overall overall(Version version) {
        return switch (version) {
            case V1 -> new Overall(0.9894, 0.9887, 0.9887, 0.9887, 36.61);
            case V2 -> new Overall(0.9868, 0.9868, 0.9856, 0.9857, 45.26);
        };
    }

    /** Empty for a class that SHREC 2020 does not have. */
    static Optional<PerClass> perClass(Version version, String name) {
        return Optional.ofNullable((version == Version.V1 ? V1 : V2).get(name));
    }

    private static SequencedMap<String, double[]> entries() {
        SequencedMap<String, double[]> entries = new LinkedHashMap<>();
        entries.put("3D MS-D", row(0.192, 0.408, 0.437, 0.416, 0.368, 0.461, 0.492, 0.719, 0.948, 0.851, 0.942, 0.964));
        entries.put(
                "DeepFinder", row(0.610, 0.729, 0.800, 0.911, 0.783, 0.848, 0.866, 0.939, 1.000, 0.984, 0.993, 0.993));
        entries.put(
                "3D ResNet", row(0.193, 0.185, 0.405, 0.407, 0.334, 0.445, 0.491, 0.628, 0.906, 0.719, 0.868, 0.817));
        entries.put("YOPO", row(0.558, 0.741, 0.670, 0.834, 0.696, 0.682, 0.795, 0.896, 0.987, 0.830, 0.923, 0.993));
        entries.put(
                "Dn3DUnet", row(0.529, 0.577, 0.569, 0.674, 0.332, 0.523, 0.462, 0.676, 0.925, 0.684, 0.907, 0.974));
        entries.put("UMC", row(0.661, 0.827, 0.839, 0.947, 0.855, 0.873, 0.899, 0.981, 0.997, 0.980, 1.000, 0.997));
        entries.put("TM-T", row(0.200, 0.102, 0.248, 0.727, 0.555, 0.869, 0.835, 0.880, 0.934, 0.970, 0.968, 0.945));
        entries.put("TM-F", row(0.319, 0.219, 0.207, 0.660, 0.589, 0.808, 0.815, 0.945, 0.939, 0.966, 0.968, 0.945));
        return entries;
    }

    private static double[] row(double... f1) {
        return f1;
    }
}
