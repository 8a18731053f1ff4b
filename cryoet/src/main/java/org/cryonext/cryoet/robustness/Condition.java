package org.cryonext.cryoet.robustness;

import java.math.BigDecimal;
import java.util.Locale;
import org.cryonext.cryoet.simulate.Imaging;

/**
 * Under what something is measured.
 *
 * @param id name for files: letters, digits, {@code .} and {@code -}; equal for equal conditions
 * @param value of the factor that it was made for
 * @param imaging how the specimens are imaged
 * @param picking distance in voxels from a particle's true position
 */
public record Condition(String id, double value, Imaging imaging, double picking) {
    private static final String NOMINAL = "as-trained";

    static Condition nominal(Factor factor, Imaging imaging) {
        return new Condition(NOMINAL, factor.nominal(imaging), imaging, 0);
    }

    static Condition of(Factor factor, double value, Imaging imaging, double picking) {
        return new Condition(factor.name().toLowerCase(Locale.ROOT) + "-" + text(value), value, imaging, picking);
    }

    /** Whether nothing is changed. */
    public boolean isNominal() {
        return id.equals(NOMINAL);
    }

    /** The value for a reader. */
    public String valueText() {
        return text(value);
    }

    static String text(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }
}
