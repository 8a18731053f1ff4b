package org.cryonext.cryoet.train;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The samples of a step, as an epoch draws them: one that is drawn again is varied otherwise than before.
 *
 * @param samples their indices
 * @param before how often the epoch drew each of them before
 */
record Batch(int[] samples, int[] before) {

    /** The batches of a whole epoch. */
    static List<Batch> of(List<int[]> epoch) {
        Map<Integer, Integer> drawn = new HashMap<>();
        List<Batch> batches = new ArrayList<>(epoch.size());
        for (int[] samples : epoch) {
            int[] before = new int[samples.length];
            for (int i = 0; i < samples.length; i++) {
                before[i] = drawn.merge(samples[i], 1, Integer::sum) - 1;
            }
            batches.add(new Batch(samples, before));
        }
        return batches;
    }

    int size() {
        return samples.length;
    }

    /** What tells the draw of a sample from all others of the epoch; of a first draw, the sample's index. */
    long draw(int i) {
        return (long) before[i] << Integer.SIZE | samples[i];
    }
}
