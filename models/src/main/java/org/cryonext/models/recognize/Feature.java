package org.cryonext.models.recognize;

import org.cryonext.engine.graph.Value;

/** What an output of a file is. */
sealed interface Feature {
    /** The value that the trunk gives for it. */
    Value map();

    /**
     * The classifier's result.
     *
     * @param map the last feature map
     * @param norm behind the pooling
     * @param classifier the linear layer
     */
    record Logits(Value map, Norm norm, Affine classifier) implements Feature {}

    /**
     * The normalised means of a feature map.
     *
     * @param map the last feature map
     * @param norm behind the pooling
     */
    record Pooled(Value map, Norm norm) implements Feature {}

    /** The means of a feature map as they are. */
    record Means(Value map) implements Feature {}

    /** A feature map of a stage, or of the stem. */
    record Map(Value map) implements Feature {}

    /**
     * A feature map normalised over the channels, as transformers' backbones give it.
     *
     * @param map before
     * @param norm the LayerNorm
     */
    record NormalisedMap(Value map, Norm norm) implements Feature {}
}
