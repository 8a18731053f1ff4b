package org.cryonext.cryoet.train;

import org.cryonext.engine.tensor.Tensor;

/** Keeps frozen results in memory. */
final class FrozenMemory implements FrozenStore {
    private final Tensor[] results;

    /** @param places how many particles there are */
    FrozenMemory(int places) {
        results = new Tensor[places];
    }

    @Override
    public void put(int place, Tensor values) {
        results[place] = values;
    }

    @Override
    public void complete() {
        // They are where they will be read.
    }

    @Override
    public Tensor get(int place) {
        return results[place];
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
