/**
 * Simulated cryo-electron tomograms in SHREC 2020's layout: densities are placed, tilted, imaged by a microscope and
 * reconstructed. Start at {@link org.cryonext.cryoet.simulate.Simulator}.
 */
package org.cryonext.cryoet.simulate;
