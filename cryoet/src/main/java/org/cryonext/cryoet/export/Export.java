package org.cryonext.cryoet.export;

import java.nio.file.Path;
import java.util.List;
import org.cryonext.models.convnext.ConvNextConfig;

/**
 * What was exported.
 *
 * @param config the network
 * @param files where it is
 */
public record Export(ConvNextConfig config, List<Path> files) {
    /** Copies the list. */
    public Export {
        files = List.copyOf(files);
    }
}
