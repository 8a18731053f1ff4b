package org.cryonext.bench.pair;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.cryonext.engine.io.InputException;

/** The project's sources, which have the programs that this one is measured beside. */
public final class SourceTree {
    private SourceTree() {}

    /**
     * The folder above this class in which the project lies.
     *
     * @throws InputException if this program does not lie in it
     */
    public static Path root() {
        try {
            Path code = Path.of(SourceTree.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            for (Path above = code; above != null; above = above.getParent()) {
                if (Files.isRegularFile(above.resolve("bench/peers/pom.xml"))) {
                    return above;
                }
            }
            throw new InputException("No folder above " + code + " holds bench/peers/pom.xml; run this from CryoNeXt's"
                    + " source tree");
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the place of this program is no path", e);
        }
    }
}
