package org.cryonext.cryoet.train;

import java.util.ArrayList;
import java.util.List;

/** Weights that let rare classes count as much as frequent ones. */
final class ClassWeights {
    private ClassWeights() {}

    /**
     * The study's formula: w_c = (1 / n_c) / sum over classes of 1 / n.
     *
     * @param counts samples of each class; a class without samples gets the weight 0
     */
    static List<Double> inverse(long[] counts) {
        double sum = 0;
        for (long count : counts) {
            sum += count == 0 ? 0 : 1.0 / count;
        }
        List<Double> weights = new ArrayList<>();
        for (long count : counts) {
            weights.add(count == 0 ? 0 : 1.0 / count / sum);
        }
        return weights;
    }
}
