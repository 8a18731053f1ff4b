package org.cryonext.cryoet.zarr;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** Unpacked chunks by their numbers, of which those are forgotten first that were not used for longest. */
final class ChunkCache {
    /** What an entry takes beside its chunk, about: there may be many that are empty. */
    private static final int ENTRY = 100;

    private final Map<Long, byte[]> chunks = new LinkedHashMap<>(16, 0.75f, true);
    private final long most;
    private long bytes;

    /** @param most bytes that are kept; a chunk larger than that is kept alone */
    ChunkCache(long most) {
        this.most = most;
    }

    /** The chunk, or null where it is not kept. */
    byte[] get(long number) {
        return chunks.get(number);
    }

    void put(long number, byte[] chunk) {
        // What goes is counted before what comes is.
        Iterator<byte[]> oldest = chunks.values().iterator();
        while (bytes + size(chunk) > most && oldest.hasNext()) {
            bytes -= size(oldest.next());
            oldest.remove();
        }
        chunks.put(number, chunk);
        bytes += size(chunk);
    }

    private static long size(byte[] chunk) {
        return (long) chunk.length + ENTRY;
    }

    /** Bytes that are kept now. */
    long bytes() {
        return bytes;
    }

    void clear() {
        chunks.clear();
        bytes = 0;
    }
}
