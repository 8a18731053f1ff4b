package org.cryonext.cryoet.train;

import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.io.Progress;

/** A training that nobody watches or stops. */
final class Quiet {
    private Quiet() {}

    static TrainContext context(Backend backend) {
        return context(backend, false);
    }

    static TrainContext context(Backend backend, boolean recompute) {
        return new TrainContext(backend, Progress.none(), text -> {}, () -> false, recompute, null);
    }
}
