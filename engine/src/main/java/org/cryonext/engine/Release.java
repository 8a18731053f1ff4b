package org.cryonext.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Which CryoNeXt this is; written into what it makes. */
public final class Release {
    private static final String VERSION = read();

    private Release() {}

    /** The version, as in Maven's coordinates: {@code 0.1.0}. */
    public static String version() {
        return VERSION;
    }

    private static String read() {
        // A resource, because a jar's manifest is not there when classes are run from a folder.
        try (InputStream in = Release.class.getResourceAsStream("release.properties")) {
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
