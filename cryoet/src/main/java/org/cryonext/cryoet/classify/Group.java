package org.cryonext.cryoet.classify;

import java.util.List;
import java.util.function.Supplier;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.triplet.Placement;
import org.cryonext.cryoet.volume.Volume;

/**
 * Particles that are cut from one volume.
 *
 * @param name of the tomogram
 * @param particles in the order of the list
 * @param placement where they lie in the volume
 * @param volume opens it as the network is to see it
 */
record Group(String name, List<Particle> particles, Placement placement, Supplier<Volume> volume) {

    /** Opens the volume; the caller closes it. */
    Volume open() {
        return volume.get();
    }
}
