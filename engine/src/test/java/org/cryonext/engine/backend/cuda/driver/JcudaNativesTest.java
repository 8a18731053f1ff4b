package org.cryonext.engine.backend.cuda.driver;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jcuda.jcublas.JCublas2;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;

class JcudaNativesTest {
    /** A library that is in the archive and that nothing here uses. */
    private static final String UNUSED = "JCublas";

    @Test
    void aLibraryThatCannotBeLoadedIsRefusedWithTheSameSentenceAgain() {
        String sentence = "JCuda's library JCublas cannot be loaded (no such symbol); use --device cpu";
        assertThatThrownBy(() -> JcudaNatives.load(UNUSED, JCublas2.class, () -> {
                    throw new UnsatisfiedLinkError("no such symbol");
                }))
                .isInstanceOf(InputException.class)
                .hasMessage(sentence);
        assertThatThrownBy(() -> JcudaNatives.load(UNUSED, JCublas2.class, () -> {
                    throw new NoClassDefFoundError("Could not initialize class");
                }))
                .isInstanceOf(InputException.class)
                .hasMessage(sentence);
    }
}
