package org.cryonext.cryoet.train;

import org.cryonext.cryoet.particle.Particle;

/**
 * A particle that trains or validates.
 *
 * @param tomogram name of its tomogram
 * @param particle where it is
 * @param label id of its class
 */
record Sample(String tomogram, Particle particle, int label) {}
