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
 */
public record TrainContext(Backend backend, Progress progress, Consumer<String> say, BooleanSupplier stop) {}
