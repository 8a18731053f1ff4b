package org.cryonext.cryoet.zarr;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * How the file of a chunk is named.
 *
 * @param prefix stands before the numbers
 * @param separator stands between them: a dot, or a slash for folders
 */
record ChunkKeys(String prefix, String separator) {
    /** The name for the numbers of a chunk along each axis. */
    String of(int[] index) {
        return Arrays.stream(index).mapToObj(Integer::toString).collect(Collectors.joining(separator, prefix, ""));
    }
}
