package org.cryonext.cryoet.train;

import org.cryonext.engine.tensor.Tensor;

/** Where frozen results are kept, one tensor a particle, each in a place of its own. */
interface FrozenStore extends AutoCloseable {
    /** Keeps the results of a particle; each place is filled once, before {@link #complete}. */
    void put(int place, Tensor values);

    /** To be called when all places are filled. */
    void complete();

    /** The results of a particle, once all are there. */
    Tensor get(int place);

    @Override
    void close();
}
