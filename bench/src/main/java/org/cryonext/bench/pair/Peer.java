package org.cryonext.bench.pair;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.cryonext.bench.model.ModelSettings;

/** A program that runs the same model. */
interface Peer {
    /** Its column in the rows: {@code ort} or {@code torch}. */
    String column();

    /** Its name in messages. */
    String name();

    /** The layouts of images it can be run with; the fastest is compared. */
    List<String> layouts();

    /** The command of the process that runs what is in a case folder. */
    List<String> command(Path folder, ModelSettings settings, String layout);

    /** Variables that the process gets besides those of this one. */
    default Map<String, String> environment() {
        return Map.of();
    }
}
