package org.cryonext.engine.backend;

import java.util.List;
import org.cryonext.engine.tensor.Tensor;

/** The way of outputs to the host: all of them with one wait, which may come when there is nothing else to do. */
public interface Outlet extends AutoCloseable {
    /** Lets the results of the run that was begun last come to the host as soon as they are there. */
    void begin();

    /** Waits for what {@link #begin} asked for: the tensors in the order in which the outlet was made for them. */
    List<Tensor> await();

    /** Gives back what was kept for it. */
    @Override
    default void close() {}
}
