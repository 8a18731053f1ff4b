package org.cryonext.cryoet.network;

/** Gives the slices of particles whose cubes may be mirrored. Called as {@link SliceSource} is. */
@FunctionalInterface
public interface ParticleSource {
    /**
     * Reads one particle.
     *
     * @param particle its index, from 0
     * @param axes that are mirrored, 1 for x, 2 for y and 4 for z together
     * @param out receives the slices of all views
     * @param at where in {@code out} they begin
     */
    void read(int particle, int axes, byte[] out, int at);
}
