package org.cryonext.engine.backend.cpu;

import java.util.Optional;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.cryonext.engine.io.InputException;

/**
 * The vector width of every kernel: the machine's preferred one, or the one that the system property
 * {@code cryonext.vector} forces (128, 256 or 512 bits). The only class with species constants; being static and final
 * they are constants to the compiler too.
 */
public final class CpuSpecies {
    /** Name of the system property that forces a width in bits. */
    public static final String PROPERTY = "cryonext.vector";

    /** Species of all vectors of the package. */
    static final VectorSpecies<Float> SPECIES = choose(System.getProperty(PROPERTY));

    /** Floats in a vector. */
    static final int LENGTH = SPECIES.length();

    /**
     * Vector registers that kernels are shaped for: 32 with AVX-512 and on aarch64, else 16. A forced narrower width on
     * an AVX-512 machine counts as 16, so that it behaves as the machine it stands for.
     */
    static final int REGISTERS =
            SPECIES.vectorBitSize() == 512 || System.getProperty("os.arch").equals("aarch64") ? 32 : 16;

    private CpuSpecies() {}

    /** Bits in a vector. */
    public static int bits() {
        return SPECIES.vectorBitSize();
    }

    /** Why kernels will be slow in this Java virtual machine, in a sentence; empty when they will not. */
    public static Optional<String> slowReason() {
        String mode = System.getProperty("java.vm.info", "");
        if (mode.contains("interpreted mode")) {
            return Optional.of("This Java virtual machine interprets its code (-Xint), so vector kernels run about a"
                    + " thousand times slower; start it without -Xint.");
        }
        int preferred = FloatVector.SPECIES_PREFERRED.vectorBitSize();
        if (preferred < 128) {
            return Optional.of("This Java virtual machine has no vector instructions (its preferred width is "
                    + preferred + " bits); use HotSpot's server compiler on x86-64 or aarch64.");
        }
        if (bits() > preferred) {
            return Optional.of("The forced width of " + bits() + " bits is wider than this machine's " + preferred
                    + " bits and is emulated; leave out -D" + PROPERTY + ".");
        }
        return Optional.empty();
    }

    static VectorSpecies<Float> choose(String forced) {
        if (forced == null) {
            VectorSpecies<Float> preferred = FloatVector.SPECIES_PREFERRED;
            return preferred.vectorBitSize() < 128 ? FloatVector.SPECIES_128 : preferred;
        }
        return switch (forced) {
            case "128" -> FloatVector.SPECIES_128;
            case "256" -> FloatVector.SPECIES_256;
            case "512" -> FloatVector.SPECIES_512;
            default ->
                throw new InputException("System property " + PROPERTY + " is '" + forced
                        + "', but must be 128, 256 or 512 (bits of a vector); leave it out to use the machine's own.");
        };
    }
}
