package org.cryonext.cryoet.report;

import java.util.List;

/**
 * The log of a training, to be drawn.
 *
 * @param name what was trained on, for instance {@code grandmodel}; with several trainings it becomes part of file names,
 *     so letters, digits and {@code . _ -} only
 * @param epochs in order, at least one
 */
public record TrainingCurves(String name, List<Epoch> epochs) {

    /** @throws IllegalArgumentException if {@code name} cannot be part of a file name, or there is no epoch */
    public TrainingCurves {
        Result.requireFileName(name);
        epochs = List.copyOf(epochs);
        if (epochs.isEmpty()) {
            throw new IllegalArgumentException("the training " + name + " has no epoch");
        }
    }
}
