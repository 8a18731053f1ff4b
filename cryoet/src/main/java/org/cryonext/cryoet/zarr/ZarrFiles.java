package org.cryonext.cryoet.zarr;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Names of the files that tell what a folder is, and how such a folder is told from others. */
public final class ZarrFiles {
    /** Ends the name of an OME-Zarr image. */
    public static final String ENDING = ".zarr";

    static final String V3 = "zarr.json";
    static final String V2_ARRAY = ".zarray";
    static final String V2_ATTRIBUTES = ".zattrs";
    private static final List<String> METADATA = List.of(V3, V2_ATTRIBUTES, V2_ARRAY, ".zgroup");

    private ZarrFiles() {}

    /** Whether this is a folder that is meant as a Zarr image: by its name, or by what is in it. */
    public static boolean isZarr(Path path) {
        if (!Files.isDirectory(path)) {
            return false;
        }
        Path name = path.getFileName();
        return name != null && name.toString().toLowerCase(Locale.ROOT).endsWith(ENDING)
                || METADATA.stream().anyMatch(file -> Files.isRegularFile(path.resolve(file)));
    }
}
