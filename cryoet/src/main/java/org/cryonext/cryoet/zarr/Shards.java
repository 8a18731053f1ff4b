package org.cryonext.cryoet.zarr;

import java.util.List;

/**
 * Files that hold many chunks each, and an index of where they are.
 *
 * @param shape elements of a file along each axis, a multiple of a chunk's
 * @param index what was done to the bytes of the index; nothing that compresses
 * @param last whether the index stands at the end of the file or at its beginning
 */
record Shards(List<Integer> shape, Codecs index, boolean last) {
    /** Bytes of an index entry: offset and length. */
    static final int ENTRY = 16;

    /** Copies the shape. */
    Shards {
        shape = List.copyOf(shape);
    }
}
