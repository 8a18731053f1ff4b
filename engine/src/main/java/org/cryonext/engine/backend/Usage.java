package org.cryonext.engine.backend;

import org.cryonext.engine.graph.Node;

/** What of a node matters in the graph it belongs to. */
public interface Usage {
    /** Whether anything reads this output; if not, its block is null when the kernel is bound. */
    boolean reads(Node node, int output);

    /**
     * Whether an input is a variable that this graph never updates, so that a kernel may keep what it derives from it
     * until {@link Bindings#version} changes.
     */
    boolean constant(Node node, String input);
}
