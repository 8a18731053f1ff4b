package org.cryonext.tools.command;

import org.cryonext.cryoet.network.Scorer;
import picocli.CommandLine.Option;

/** How many particles a network scores at once. */
final class BatchOption {
    @Option(
            names = "--batch",
            paramLabel = "N",
            order = HelpOption.LAST - 5,
            converter = AtLeastOne.class,
            defaultValue = "" + Scorer.BATCH,
            description = "Particles at once (default: ${DEFAULT-VALUE}); results do not depend on it.")
    private int particles;

    int particles() {
        return particles;
    }
}
