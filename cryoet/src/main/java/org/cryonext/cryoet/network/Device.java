package org.cryonext.cryoet.network;

import java.util.Locale;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.io.InputException;

/** What runs a network; the choices of {@code --device}. */
public enum Device {
    /** Plain loops in double precision, one thread: slow and exact. */
    REFERENCE,
    /** The processor's vector units, all threads. */
    CPU,
    /** An NVIDIA graphics card. */
    CUDA,
    /** The fastest that there is. */
    AUTO;

    /**
     * Opens the device; the caller closes it.
     *
     * @param threads number of threads where the device has them; 0 for as many as there are processors
     * @throws InputException if this build cannot use the device
     */
    public Backend open(int threads) {
        if (threads < 0) {
            throw new InputException("--threads is " + threads + ", expected at least 1, or 0 for all processors");
        }
        return switch (this) {
            case REFERENCE -> new ReferenceBackend();
            case CPU, AUTO -> threads == 0 ? new CpuBackend() : new CpuBackend(threads);
            case CUDA ->
                throw new InputException("--device cuda is not part of this build; use --device cpu, or auto for the"
                        + " fastest that there is");
        };
    }

    /** As it is typed. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
