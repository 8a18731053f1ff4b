package org.cryonext.models.hub;

import java.net.URI;
import java.util.Optional;
import java.util.OptionalLong;
import org.cryonext.models.download.Checksum;

/**
 * A file as the hub describes it.
 *
 * @param name in the repository
 * @param commit the commit it belongs to
 * @param etag the name of its content: SHA-256 of large files, git's hash of small ones
 * @param size in bytes, where the hub says it
 * @param location where its bytes are, often on another host
 * @param validator what that place itself calls the content, for If-Range; absent where it was not asked
 */
record RemoteFile(
        String name, String commit, String etag, OptionalLong size, URI location, Optional<String> validator) {
    Optional<Checksum> checksum() {
        return Checksum.of(etag);
    }

    /** Whether the rest of a partial file is sure to be of the same content. */
    boolean isResumable() {
        return checksum().isPresent() || validator.isPresent();
    }
}
