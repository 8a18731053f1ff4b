package org.cryonext.engine.backend.cuda.driver;

import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cryonext.engine.io.InputException;

/**
 * What a card can execute, NVIDIA's "compute capability".
 *
 * @param major the family: 7 Volta and Turing, 8 Ampere and Ada, 9 Hopper, 10 and 12 Blackwell
 * @param minor within the family
 */
public record Architecture(int major, int minor) implements Comparable<Architecture> {
    /** The oldest for which there are kernels: Turing, whose tensor cores take f16. */
    public static final Architecture OLDEST = new Architecture(7, 5);

    private static final Pattern SM = Pattern.compile("sm_([1-9][0-9]?)([0-9])");

    /** Those of Jetson and Drive boards, whose binaries are their own. */
    private static final Set<Integer> BOARDS = Set.of(53, 62, 72, 87, 88, 101, 110);

    /**
     * Reads {@code sm_90}.
     *
     * @throws InputException if it is written otherwise
     */
    public static Architecture parse(String text) {
        Matcher matcher = SM.matcher(text);
        if (!matcher.matches()) {
            throw new InputException("'" + text + "' is no architecture, expected for instance sm_90");
        }
        return new Architecture(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    /** Binaries for it, as the compiler calls them: {@code sm_90}. */
    public String sm() {
        return "sm_" + number();
    }

    /** Assembly for it and all later ones, as the compiler calls it: {@code compute_90}. */
    public String compute() {
        return "compute_" + number();
    }

    /** For instance 90. */
    public int number() {
        return 10 * major + minor;
    }

    /** Whether binaries for {@code other} run here: the same family, not newer. */
    public boolean runs(Architecture other) {
        return other.major == major && other.minor <= minor;
    }

    /** Why there can be no kernels for it, the end of a sentence that begins with its name; empty if there can. */
    public Optional<String> refusal() {
        if (BOARDS.contains(number())) {
            return Optional.of("is the architecture of a Jetson or Drive board, which is not supported");
        }
        return compareTo(OLDEST) < 0
                ? Optional.of("is older than " + OLDEST.sm() + ", the oldest architecture that is supported")
                : Optional.empty();
    }

    @Override
    public int compareTo(Architecture other) {
        return Comparator.comparingInt(Architecture::number).compare(this, other);
    }

    @Override
    public String toString() {
        return sm();
    }
}
