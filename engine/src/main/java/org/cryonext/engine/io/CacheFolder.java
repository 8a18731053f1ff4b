package org.cryonext.engine.io;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * Where this program keeps what it can make or fetch again: the folder that CRYONEXT_CACHE names, or else the user's place
 * for such things (XDG_CACHE_HOME, or .cache in the home folder; LOCALAPPDATA on Windows).
 */
public final class CacheFolder {
    /** The environment variable that names the folder. */
    public static final String VARIABLE = "CRYONEXT_CACHE";

    private CacheFolder() {}

    /** A folder or file in the cache, which need not exist. */
    public static Path of(String... names) {
        Path path = root(System.getenv(), System.getProperty("os.name"), System.getProperty("user.home"));
        for (String name : names) {
            path = path.resolve(name);
        }
        return path;
    }

    static Path root(Map<String, String> environment, String system, String home) {
        String own = environment.getOrDefault(VARIABLE, "");
        if (!own.isBlank()) {
            return Path.of(own).toAbsolutePath();
        }
        boolean windows = system.toLowerCase(Locale.ROOT).startsWith("windows");
        String shared = environment.getOrDefault(windows ? "LOCALAPPDATA" : "XDG_CACHE_HOME", "");
        return (shared.isBlank() ? Path.of(home, ".cache") : Path.of(shared)).resolve("cryonext");
    }
}
