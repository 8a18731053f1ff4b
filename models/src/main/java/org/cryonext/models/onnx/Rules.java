package org.cryonext.models.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The operators that are understood, by domain and name. */
final class Rules {
    /** Versions of ONNX's operators whose meaning is known here. */
    static final long OLDEST = 11;

    /** The newest version published with ONNX 1.23. */
    static final long NEWEST = 28;

    static final String MICROSOFT = "com.microsoft";

    private static final Map<String, Rule> STANDARD = new HashMap<>();
    private static final Map<String, Rule> CONTRIBUTED = new HashMap<>();

    static {
        ElementwiseRules.add(STANDARD);
        MovementRules.add(STANDARD);
        ShapeRules.add(STANDARD);
        ConstantRules.add(STANDARD);
        ReductionRules.add(STANDARD);
        ProductRules.add(STANDARD);
        NormalizationRules.add(STANDARD);
        MicrosoftRules.add(CONTRIBUTED);
    }

    private Rules() {}

    /** The rule for an operator. */
    static Optional<Rule> find(String domain, String type) {
        return Optional.ofNullable(
                switch (domain) {
                    case "" -> STANDARD.get(type);
                    case MICROSOFT -> CONTRIBUTED.get(type);
                    default -> null;
                });
    }

    /** All operators by name, those of other domains with their domain. */
    static List<String> names() {
        List<String> names = new ArrayList<>(STANDARD.keySet());
        CONTRIBUTED.keySet().forEach(name -> names.add(MICROSOFT + "." + name));
        names.sort(null);
        return names;
    }
}
