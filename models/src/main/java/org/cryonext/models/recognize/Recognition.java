package org.cryonext.models.recognize;

import java.util.List;
import java.util.SequencedMap;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.models.convnext.ConvNextConfig;

/**
 * The ConvNeXt that a graph was found to be.
 *
 * @param config the architecture, with numbered labels; none for a model without classifier
 * @param parameters F32 values by {@link org.cryonext.models.convnext.Parameter#name()}, in the engine's shapes
 * @param image how the file's images lie
 * @param outputs what the file's outputs are, by their names there
 * @param report what a user should know of how it was read, a sentence each
 */
record Recognition(
        ConvNextConfig config,
        SequencedMap<String, Tensor> parameters,
        Laid image,
        SequencedMap<String, Output> outputs,
        List<String> report) {

    /**
     * What an output of the file is in the engine's model.
     *
     * @param name the engine's output: logits, pooled, stem, stage0 to stage3
     * @param then what the file does to it afterwards
     * @param layout how it lies in the file
     */
    record Output(String name, Then then, Laid layout) {}

    /** What follows an output in the file that a ConvNeXt does not have. */
    sealed interface Then {}

    /** Nothing. */
    record Nothing() implements Then {}

    /** The mean over all positions, without a LayerNorm behind it. */
    record Mean() implements Then {}

    /**
     * A LayerNorm over the channels of the map.
     *
     * @param weight [C]
     * @param bias [C]
     * @param epsilon added to the variance
     */
    record Normalised(Tensor weight, Tensor bias, double epsilon) implements Then {}
}
