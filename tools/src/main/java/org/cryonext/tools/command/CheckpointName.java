package org.cryonext.tools.command;

import java.nio.file.Path;
import org.cryonext.models.hub.Hub;
import org.cryonext.models.hub.HubSettings;

/** What a user gives as a checkpoint: a path, or the name of a published model that has been fetched. */
final class CheckpointName {
    private CheckpointName() {}

    /**
     * Where it is.
     *
     * @param text the option's value; a null stays one
     */
    static Path locate(String text) {
        return text == null ? null : Hub.locate(text, HubSettings.ofThisProcess());
    }
}
