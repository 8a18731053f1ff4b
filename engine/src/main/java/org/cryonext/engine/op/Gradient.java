package org.cryonext.engine.op;

import java.util.List;

/** What an operator's gradient rule works with: the node's values, the gradients that arrive, and where they flow on. */
public interface Gradient {
    /** An input's value; null where an optional one was left out. */
    Operand in(String name);

    /** An output's value. */
    Operand out(int index);

    /** The gradient of the loss with respect to output 0. */
    Operand dy();

    /** Whether anything needs the gradient of this input. */
    boolean wants(String name);

    /** Adds a node and returns its outputs; null stands for an optional input left out. */
    List<Operand> add(Op op, Operand... inputs);

    /** Adds to the gradient of an input; ignored if nothing wants it. */
    void flow(String name, Operand gradient);
}
