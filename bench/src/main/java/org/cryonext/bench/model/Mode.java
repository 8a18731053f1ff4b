package org.cryonext.bench.model;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Parameter;
import org.cryonext.models.convnext.Part;

/** What a model is timed at. */
public enum Mode {
    /** A forward pass. */
    INFER(EnumSet.noneOf(Part.class)),
    /** A step of training in which every parameter is updated. */
    TRAIN_FULL(EnumSet.allOf(Part.class)),
    /** A step that updates the last stage and what follows it; the stages before it run forward, every time. */
    TRAIN_STAGE3(EnumSet.of(Part.STAGE3, Part.FINAL_NORM, Part.HEAD)),
    /** A step that updates the classifier alone. */
    TRAIN_HEAD(EnumSet.of(Part.HEAD));

    private final Set<Part> trained;

    Mode(Set<Part> trained) {
        this.trained = trained;
    }

    /** The mode that {@link #toString} writes so. */
    public static Mode of(String word) {
        return Arrays.stream(values())
                .filter(mode -> mode.toString().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no mode " + word));
    }

    /** Whether a step updates parameters. */
    public boolean trains() {
        return this != INFER;
    }

    /** Names of the parameters that a step updates. */
    public List<String> trained(ConvNextConfig config) {
        return Parameter.of(config).stream()
                .filter(p -> trained.contains(p.part()))
                .map(Parameter::name)
                .toList();
    }

    /** In lower case, as rows and options name it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
