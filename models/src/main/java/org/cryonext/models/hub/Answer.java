package org.cryonext.models.hub;

import java.util.Optional;

/** What the hub says when it is asked for a file. */
sealed interface Answer {
    /** There it is. */
    record Present(RemoteFile file) implements Answer {}

    /**
     * The repository has no such file.
     *
     * @param commit the commit that was asked, where the hub says it
     */
    record NoFile(Optional<String> commit) implements Answer {}

    /** The repository has no such revision. */
    record NoRevision() implements Answer {}
}
