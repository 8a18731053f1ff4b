package org.cryonext.tools.command;

import org.cryonext.cryoet.network.Mirrors;
import picocli.CommandLine.Option;

/** Over how many mirrorings of a particle's cube answers are averaged. */
final class MirrorsOption {
    @Option(
            names = "--tta",
            paramLabel = "N",
            defaultValue = "1",
            description = "Average the answers to so many mirrorings of each particle's cube: 1, 2, 4 or 8 (default:"
                    + " ${DEFAULT-VALUE}).")
    private int count;

    /** @throws org.cryonext.engine.io.InputException where there is no such number of them */
    Mirrors mirrors() {
        return new Mirrors(count);
    }
}
