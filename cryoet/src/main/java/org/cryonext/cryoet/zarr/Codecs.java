package org.cryonext.cryoet.zarr;

import java.util.List;

/**
 * What was done to the bytes of a chunk, one after another; one of these at most compresses.
 *
 * @param list in the order of writing
 */
record Codecs(List<Codec> list) {
    /** The longest array that every machine has. */
    private static final int LARGEST = Integer.MAX_VALUE - 16;

    /** Bytes as they are. */
    static final Codecs NONE = new Codecs(List.of());

    /** Whether the number of encoded bytes follows from that of the others. */
    boolean plain() {
        return list.stream().noneMatch(Codec::compresses);
    }

    /**
     * How many encoded bytes there are for so many, where none compresses; else the most that is believed: what cannot be
     * compressed grows by far less.
     */
    long encodedBytes(int size) {
        if (!plain()) {
            return Math.min(2L * size + (1 << 16), LARGEST);
        }
        long bytes = size;
        for (Codec codec : list) {
            bytes = codec.encodedBytes(bytes);
        }
        return bytes;
    }

    /**
     * Undoes all of it.
     *
     * @param size how many bytes must come out
     */
    byte[] decode(byte[] encoded, int size) throws DamagedException {
        byte[] bytes = encoded;
        for (int i = list.size() - 1; i >= 0; i--) {
            bytes = list.get(i).decode(bytes, before(i, size));
        }
        if (bytes.length != size) {
            throw Codec.wrongSize(bytes.length, size);
        }
        return bytes;
    }

    /** How many bytes there were before the codec {@code i}, if none before it compresses. */
    private int before(int i, int size) {
        long bytes = size;
        for (int k = 0; k < i; k++) {
            bytes = list.get(k).encodedBytes(bytes);
        }
        return Math.toIntExact(bytes);
    }
}
