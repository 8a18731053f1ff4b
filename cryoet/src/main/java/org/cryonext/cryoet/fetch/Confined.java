package org.cryonext.cryoet.fetch;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** Paths that others give, as far as they stay in the folder that they are relative to. */
final class Confined {
    /** Nothing that separates folders or names a drive. */
    private static final Pattern NAME = Pattern.compile("[^/\\\\:\\p{Cntrl}]+");

    private Confined() {}

    /**
     * A relative path of plain names.
     *
     * @param text with names separated by slashes; one at the end is left away
     * @return empty if it is absolute, goes up, or has a name that cannot be
     */
    static Optional<Path> path(String text) {
        Path path = Path.of("");
        for (String name : text.replaceFirst("/$", "").split("/", -1)) {
            if (!NAME.matcher(name).matches() || name.equals(".") || name.equals("..")) {
                return Optional.empty();
            }
            try {
                path = path.resolve(name);
            } catch (InvalidPathException e) {
                return Optional.empty();
            }
        }
        return Optional.of(path);
    }
}
