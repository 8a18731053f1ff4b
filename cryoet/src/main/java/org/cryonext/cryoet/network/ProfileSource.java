package org.cryonext.cryoet.network;

import java.util.List;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.profile.RadialProfile;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.cryoet.triplet.Placement;
import org.cryonext.cryoet.volume.Volume;

/**
 * Gives the numbers that stand beside the features of particles. Called from one thread at a time, which need not be the
 * caller's.
 */
@FunctionalInterface
public interface ProfileSource {
    /** For networks that read no such numbers. */
    ProfileSource NONE = (particle, out, at) -> {};

    /**
     * Reads those of one particle.
     *
     * @param particle its index, from 0
     * @param out receives the standardised profile
     * @param at where in {@code out} it begins
     */
    void read(int particle, float[] out, int at);

    /**
     * The profiles of particles of one volume, as a network wants them.
     *
     * @param placement where the particles lie in the volume
     */
    static ProfileSource of(NetworkInput input, Volume volume, Placement placement, List<Particle> particles) {
        if (input.profile() == null) {
            return NONE;
        }
        RadialProfile profile = new RadialProfile(volume, placement);
        int[] last = {-1};
        double[][] known = new double[1][];
        return (particle, out, at) -> {
            // The mirrorings of a particle follow one another and have one profile.
            if (particle != last[0]) {
                known[0] = profile.of(particles.get(particle));
                last[0] = particle;
            }
            input.profile().standardise(known[0], out, at);
        };
    }
}
