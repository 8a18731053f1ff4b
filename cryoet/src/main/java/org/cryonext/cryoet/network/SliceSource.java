package org.cryonext.cryoet.network;

/** Gives the slices of particles. Called from one thread at a time, which need not be the caller's. */
@FunctionalInterface
public interface SliceSource {
    /**
     * Reads one particle.
     *
     * @param particle its index, from 0
     * @param out receives views x edge x edge unsigned bytes
     * @param at where in {@code out} they begin
     */
    void read(int particle, byte[] out, int at);
}
