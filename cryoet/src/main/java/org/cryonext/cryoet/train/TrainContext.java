package org.cryonext.cryoet.train;

import java.nio.file.Path;
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
 * @param frozenCache folder in which the results of what is frozen are kept for later runs, which get the same bits; null
 *     for none
 */
public record TrainContext(
        Backend backend,
        Progress progress,
        Consumer<String> say,
        BooleanSupplier stop,
        boolean recompute,
        Path frozenCache) {
    /** Keeps what gradients need of each block, and nothing for later runs. */
    public TrainContext(Backend backend, Progress progress, Consumer<String> say, BooleanSupplier stop) {
        this(backend, progress, say, stop, false, null);
    }
}
