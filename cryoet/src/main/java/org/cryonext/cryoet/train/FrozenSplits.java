package org.cryonext.cryoet.train;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.cryonext.cryoet.network.BatchFit;

/**
 * What a phase freezes and is worth keeping.
 *
 * @param train in a training step
 * @param validation in a validation's
 */
record FrozenSplits(Optional<FrozenPart> train, Optional<FrozenPart> validation) {
    static FrozenSplits of(PreparedRun run, PhaseGraphs graphs) {
        int batch = run.settings().hyperparameters().batch();
        FrozenFormat format = FrozenFormat.of(run.settings().hyperparameters());
        SampleSet samples = run.samples();
        return new FrozenSplits(
                FrozenPart.of(FrozenPart.TRAIN, graphs::trainingSplit, batch, samples.train(), format),
                FrozenPart.of(FrozenPart.VALIDATION, graphs::evaluationSplit, batch, samples.validation(), format));
    }

    /** Both, where they are there. */
    List<FrozenPart> parts() {
        return Stream.of(train, validation).flatMap(Optional::stream).toList();
    }

    /** How much the results will be, a part of a sentence; empty if none are kept. */
    Optional<String> size() {
        long bytes = parts().stream().mapToLong(FrozenPart::bytes).sum();
        return bytes == 0
                ? Optional.empty()
                : Optional.of("the part of the network that is frozen gives " + BatchFit.gibibytes(bytes) + " for "
                        + train.map(part -> part.samples().length + " training and ")
                                .orElse("")
                        + validation.map(part -> part.samples().length).orElse(0) + " validation particles");
    }
}
