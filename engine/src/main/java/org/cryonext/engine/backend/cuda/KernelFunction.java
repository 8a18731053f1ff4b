package org.cryonext.engine.backend.cuda;

import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.backend.cuda.driver.Grid;

/** A function of a {@code .cu} file that can be launched: on a card, or on paper. */
interface KernelFunction {
    /**
     * Allows launches with so much dynamic shared memory; without this they may have 48 KiB.
     *
     * @throws IllegalArgumentException if the card has not so much for a block
     */
    void sharedBytes(int dynamic);

    /**
     * Fixes shape and arguments of a launch, which then runs any number of times.
     *
     * @param arguments in the kernel's order: a Long for an address or a 64-bit integer, an Integer, or a Float
     */
    Kernel.Step launch(Grid grid, Object... arguments);
}
