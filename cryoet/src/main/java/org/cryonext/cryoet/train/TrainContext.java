package org.cryonext.cryoet.train;

import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.io.Progress;

/**
 * What a training works with.
 *
 * @param backend what runs the network
 * @param progress shows how far it is
 * @param say shows a sentence to the user
 * @param stop asked between steps; once true, the run is saved and left so that it can be resumed
 * @param recompute whether a step computes what happens within a block twice rather than keep it: less memory, more
 *     time, the same bits
 */
public record TrainContext(
        Backend backend, Progress progress, Consumer<String> say, BooleanSupplier stop, boolean recompute) {
    /** Keeps what gradients need of each block. */
    public TrainContext(Backend backend, Progress progress, Consumer<String> say, BooleanSupplier stop) {
        this(backend, progress, say, stop, false);
    }
}
