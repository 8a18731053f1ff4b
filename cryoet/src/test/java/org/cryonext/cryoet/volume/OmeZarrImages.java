package org.cryonext.cryoet.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The images that tools/python/zarr_fixtures.py made. */
final class OmeZarrImages {
    static final Path PLACE = Path.of("src/test/resources/org/cryonext/cryoet/zarr");

    private OmeZarrImages() {}

    static Path image(String name) {
        return PLACE.resolve(name + ".zarr");
    }

    /** Copies an image, to be damaged. */
    static Path copy(String name, Path folder) throws IOException {
        Path from = image(name);
        Path to = folder.resolve(name + ".zarr");
        try (Stream<Path> entries = Files.walk(from)) {
            for (Path entry : entries.toList()) {
                Files.copy(entry, to.resolve(from.relativize(entry).toString()));
            }
        }
        return to;
    }

    /** Replaces a text in a file of an image, which must be there. */
    static void replace(Path file, String old, String text) throws IOException {
        String content = Files.readString(file);
        if (!content.contains(old)) {
            throw new AssertionError(file + " does not contain " + old);
        }
        Files.writeString(file, content.replace(old, text));
    }
}
