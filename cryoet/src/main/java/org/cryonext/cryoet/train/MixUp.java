package org.cryonext.cryoet.train;

import org.cryonext.cryoet.triplet.TrainingStream;
import org.cryonext.engine.op.CounterRandom;

/**
 * The share that a sample's image has where it is mixed with another's, drawn from Beta(a, a) for each batch. Source: Zhang
 * et al., mixup: Beyond Empirical Risk Minimization, arXiv 1710.09412. A batch is mixed with itself in reverse order.
 *
 * @param alpha a; 0 mixes nothing
 * @param seed of the run
 */
record MixUp(double alpha, long seed) {
    /** Above this nearly all shares are halves, and drawing them takes long. */
    static final double MOST = 8;

    /** Below this, though not at 0, nearly all shares are 0 or 1, and those between are lost to rounding. */
    static final double LEAST = 1e-3;

    /** The share for a batch of an epoch; 1 where nothing is mixed. */
    double share(int epoch, Batch batch) {
        if (alpha == 0) {
            return 1;
        }
        long key = CounterRandom.bits(CounterRandom.bits(TrainingStream.MIXUP.key(seed), epoch), batch.draw(0));
        // Johnk's method: U^(1/a) and V^(1/a), where their sum is at most 1; in logarithms, since they may be very
        // small.
        for (int i = 0; ; i += 2) {
            double x = StrictMath.log(uniform(key, i)) / alpha;
            double y = StrictMath.log(uniform(key, i + 1)) / alpha;
            double largest = Math.max(x, y);
            double sum = StrictMath.exp(x - largest) + StrictMath.exp(y - largest);
            if (largest + StrictMath.log(sum) <= 0) {
                return StrictMath.exp(x - largest) / sum;
            }
        }
    }

    /** From 0 to 1, never 0. */
    private static double uniform(long key, int index) {
        return ((CounterRandom.bits(key, index) >>> 11) + 0.5) * 0x1p-53;
    }
}
