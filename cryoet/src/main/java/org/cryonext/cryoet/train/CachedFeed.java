package org.cryonext.cryoet.train;

import java.util.ArrayDeque;
import java.util.Deque;
import org.cryonext.cryoet.network.SliceSource;
import org.cryonext.engine.runtime.Program;

/** Brings results of the frozen prefix that were computed before. */
final class CachedFeed implements BatchFeed {
    private final PrefixCache cache;
    private final Deque<int[]> pending = new ArrayDeque<>();

    /** @param cache stays open; who made it closes it */
    CachedFeed(PrefixCache cache) {
        this.cache = cache;
    }

    @Override
    public void request(SliceSource slices, int[] samples, double share) {
        if (share != 1) {
            throw new IllegalArgumentException("results that were computed before cannot be mixed");
        }
        pending.add(samples);
    }

    @Override
    public void take(Program program) {
        int[] samples = pending.remove();
        for (int i = 0; i < samples.length; i++) {
            cache.upload(program, i, samples[i]);
        }
    }

    @Override
    public void close() {
        pending.clear();
    }
}
