package org.cryonext.engine.backend.cuda.driver;

import java.util.Optional;

/**
 * A card as its driver describes it.
 *
 * @param ordinal its number, from 0
 * @param name for instance {@code NVIDIA H100 80GB HBM3}
 * @param architecture what it can execute
 * @param totalBytes its memory
 * @param multiprocessors number of multiprocessors
 * @param sharedBytesPerBlock shared memory that a block may ask for at most
 * @param sharedBytesPerMultiprocessor shared memory of a multiprocessor
 * @param registersPerMultiprocessor 32-bit registers of a multiprocessor
 * @param l2Bytes second-level cache
 * @param clockKilohertz highest clock
 * @param memoryClockKilohertz highest clock of its memory
 * @param memoryBusBits width of the way to its memory
 * @param memoryPools whether memory can be allocated in the order of a stream
 */
public record CudaDevice(
        int ordinal,
        String name,
        Architecture architecture,
        long totalBytes,
        int multiprocessors,
        int sharedBytesPerBlock,
        int sharedBytesPerMultiprocessor,
        int registersPerMultiprocessor,
        int l2Bytes,
        int clockKilohertz,
        int memoryClockKilohertz,
        int memoryBusBits,
        boolean memoryPools) {

    /** Why nothing can be run on it, in a sentence; empty if it can. */
    public Optional<String> refusal() {
        return architecture.refusal().map(reason -> "The card " + this + ": " + architecture + " " + reason);
    }

    /** For a person: name and number. */
    @Override
    public String toString() {
        return ordinal + " (" + name + ")";
    }
}
