package org.cryonext.engine.backend.cuda;

import org.cryonext.engine.backend.cuda.driver.Grid;

/**
 * A launch that would be made on a card.
 *
 * @param kernel name of the function, as a card's driver and the simulated one have it
 * @param grid its shape
 * @param work what it does
 */
public record PlannedLaunch(String kernel, Grid grid, LaunchWork work) {
    /** The kernel without the shape of its tile, its width and its element type. */
    public String family() {
        return KernelName.of(kernel).family();
    }

    /** What a product computes in; else the element type: {@code f32}, {@code tf32}, {@code f16}, {@code bf16}. */
    public String type() {
        return KernelName.of(kernel).type();
    }
}
