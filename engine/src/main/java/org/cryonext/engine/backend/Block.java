package org.cryonext.engine.backend;

import org.cryonext.engine.tensor.TensorType;

/** A tensor's place in a backend's memory; each backend has its own kind. */
public interface Block {
    /** What it holds. */
    TensorType type();
}
