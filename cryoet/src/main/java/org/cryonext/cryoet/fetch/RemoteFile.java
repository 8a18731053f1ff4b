package org.cryonext.cryoet.fetch;

import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import org.cryonext.models.download.Checksum;

/**
 * A file of a data set in its repository.
 *
 * @param path where it belongs, relative to the data set's folder
 * @param address where it is fetched from
 * @param bytes its size
 * @param checksum of its content
 */
record RemoteFile(Path path, URI address, long bytes, Checksum checksum) {
    String name() {
        return path.getFileName().toString();
    }

    /** Whether it is an archive that is to be unpacked. */
    boolean isArchive() {
        return name().toLowerCase(Locale.ROOT).endsWith(".zip");
    }
}
