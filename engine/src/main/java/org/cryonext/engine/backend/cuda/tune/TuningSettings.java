package org.cryonext.engine.backend.cuda.tune;

import java.nio.file.Path;
import java.util.Optional;
import org.cryonext.engine.io.CacheFolder;
import org.cryonext.engine.io.InputException;

/**
 * How a card's backend chooses among kernels that compute the same.
 *
 * @param libraries which libraries may compute in place of this program's own kernels
 * @param measures whether what was never measured on the card is measured when a program is planned; else it goes to this
 *     program's own kernel in the tile that follows from the size
 * @param cache folder of the files with what was measured; without one it is measured in each process anew
 */
public record TuningSettings(Libraries libraries, boolean measures, Optional<Path> cache) {
    /** The system property that switches measuring on. */
    public static final String PROPERTY = "cryonext.cuda.tuning";

    /** This program's own kernels alone, in the tiles that follow from the size. */
    public static final TuningSettings OWN = new TuningSettings(Libraries.NONE, false, Optional.empty());

    /**
     * Those of the system properties {@value Libraries#PROPERTY} (auto, none, cublas, cudnn) and {@value #PROPERTY} (on,
     * off): without them what was measured before, and nothing is measured.
     *
     * @throws InputException if one of them is something else
     */
    public static TuningSettings ofSystem() {
        Libraries libraries = Libraries.parse(System.getProperty(Libraries.PROPERTY, Libraries.AUTO.toString()));
        String measures = System.getProperty(PROPERTY, "off");
        if (!measures.equals("on") && !measures.equals("off")) {
            throw new InputException("The system property " + PROPERTY + " is " + measures + ", expected on or off");
        }
        return new TuningSettings(libraries, measures.equals("on"), Optional.of(CacheFolder.of("tuning")));
    }
}
