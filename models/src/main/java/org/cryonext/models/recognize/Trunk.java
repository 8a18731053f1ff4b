package org.cryonext.models.recognize;

import java.util.List;
import java.util.Optional;
import org.cryonext.engine.graph.Value;

/**
 * Everything up to the last feature map.
 *
 * @param stem the first convolution
 * @param stemNorm the LayerNorm behind it
 * @param stages four
 */
record Trunk(Affine stem, Norm stemNorm, Value stemOutput, List<Stage> stages) {
    /**
     * Blocks of equal size, and what comes before them.
     *
     * @param downsample the LayerNorm and the convolution before the blocks; none in the first stage
     * @param blocks at least one
     * @param y the feature map
     */
    record Stage(Optional<Downsample> downsample, List<Block> blocks, Value y) {}

    /** Halves height and width. */
    record Downsample(Norm norm, Affine convolution) {}

    List<Block> blocks() {
        return stages.stream().flatMap(stage -> stage.blocks().stream()).toList();
    }
}
