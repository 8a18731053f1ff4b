package org.cryonext.models.hub;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.cryonext.models.download.Meter;

/**
 * A model that is in the cache now.
 *
 * @param repository where it comes from, at the revision that was asked for
 * @param published what the catalogue says of it
 * @param commit what the revision is
 * @param folder the checkpoint
 * @param files its files
 */
public record Fetched(
        Repository repository, Optional<Published> published, String commit, Path folder, List<Item> files) {
    /**
     * One of its files.
     *
     * @param name within the folder
     * @param bytes its size
     * @param downloaded false if the cache had it
     * @param check how its content was checked, for people; empty where nothing is known that it could be checked by
     */
    public record Item(String name, long bytes, boolean downloaded, Optional<String> check) {
        /** Its size for people, for instance 114.4 MB. */
        public String size() {
            return Meter.text(bytes);
        }
    }
}
