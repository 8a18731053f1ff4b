package org.cryonext.engine.backend.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Tensors of floats cut into parts for the blocks of a launch: rows of addresses and, last, a part's number of elements,
 * all of 64 bits.
 */
final class PartTable {
    private final int fields;
    private final MemorySegment rows;
    private long at;

    PartTable(int parts, int fields) {
        this.fields = fields;
        rows = Arena.ofAuto().allocate(bytes(parts, fields), Long.BYTES);
    }

    static int parts(long size, int part) {
        return Math.toIntExact(Math.ceilDiv(size, part));
    }

    static long bytes(int parts, int fields) {
        return (long) Long.BYTES * parts * fields;
    }

    /**
     * Adds the parts of tensors of one size.
     *
     * @param tensors their addresses
     * @param same addresses that are those of all parts
     */
    void add(long size, int part, long[] tensors, long... same) {
        if (tensors.length + same.length + 1 != fields) {
            throw new IllegalArgumentException("a row has " + fields + " fields");
        }
        for (long from = 0; from < size; from += part) {
            for (long tensor : tensors) {
                put(tensor + Float.BYTES * from);
            }
            for (long address : same) {
                put(address);
            }
            put(Math.min(part, size - from));
        }
    }

    private void put(long value) {
        rows.set(ValueLayout.JAVA_LONG, at, value);
        at += Long.BYTES;
    }

    /** All rows, in the host's memory. */
    MemorySegment rows() {
        return rows;
    }

    /** Number of rows. */
    int parts() {
        return Math.toIntExact(rows.byteSize() / Long.BYTES / fields);
    }

    /** The rows of several tables of one kind, one behind the other. */
    static MemorySegment together(List<MemorySegment> tables) {
        long bytes = tables.stream().mapToLong(MemorySegment::byteSize).sum();
        MemorySegment all = Arena.ofAuto().allocate(bytes, Long.BYTES);
        long at = 0;
        for (MemorySegment table : tables) {
            all.asSlice(at, table.byteSize()).copyFrom(table);
            at += table.byteSize();
        }
        return all;
    }

    /** Copies the table to the card and says where it is. */
    long upload(CudaKernels kernels, CudaBlock target) {
        kernels.upload(rows, target.address());
        return target.address();
    }
}
