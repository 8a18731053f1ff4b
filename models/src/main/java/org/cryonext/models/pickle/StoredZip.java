package org.cryonext.models.pickle;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import org.cryonext.engine.io.InputException;

/**
 * A zip archive whose entries are read where they lie in the mapped file, which they can be if they are not compressed;
 * java.util.zip does not say where that is. No byte belongs to two entries, so that all of them together are no larger than
 * the file. Source: PKWARE's APPNOTE, sections 4.3 and 4.5.3 (zip64).
 */
final class StoredZip {
    private static final int LOCAL = 0x04034b50;
    private static final int CENTRAL = 0x02014b50;
    private static final int END = 0x06054b50;
    private static final int END_64 = 0x06064b50;
    private static final int LOCATOR_64 = 0x07064b50;
    private static final int EXTRA_64 = 1;
    private static final long UNKNOWN = 0xffffffffL;

    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path file;
    private final MemorySegment whole;
    private final SequencedMap<String, Entry> entries = new LinkedHashMap<>();

    private StoredZip(Path file, MemorySegment whole) {
        this.file = file;
        this.whole = whole;
    }

    private record Directory(long begin, long end) {}

    /**
     * {@code begin} is its header's first byte; {@code packing} says why its bytes are not its content, null if they are.
     */
    private record Entry(String name, long begin, long end, MemorySegment bytes, String packing) {}

    private record Sizes(long unpacked, long packed, long header) {}

    /** @throws InputException if the archive is damaged */
    static StoredZip open(Path file, MemorySegment whole) {
        StoredZip zip = new StoredZip(file, whole);
        zip.readDirectory();
        return zip;
    }

    /** Names of all entries. */
    Set<String> names() {
        return entries.keySet();
    }

    /**
     * The content of an entry.
     *
     * @throws InputException if it is compressed or encrypted
     */
    MemorySegment data(String name) {
        Entry entry = entries.get(name);
        require(
                entry.packing() == null,
                "its entry " + name + " is " + entry.packing() + ", torch.save stores entries as they are");
        return entry.bytes();
    }

    private void readDirectory() {
        Directory directory = directory();
        List<Entry> found = new ArrayList<>();
        long at = directory.begin();
        while (at < directory.end()) {
            require(at + 46 <= directory.end() && u32(at) == CENTRAL, "its directory is broken at byte " + at);
            int name = u16(at + 28);
            int extra = u16(at + 30);
            long next = at + 46 + name + extra + u16(at + 32);
            require(next <= directory.end(), "its directory is broken at byte " + at);
            String entry = text(at + 46, name);
            Sizes sizes = sizes(at, at + 46 + name, extra, entry);
            found.add(entry(entry, sizes, packing(u16(at + 8), u16(at + 10), sizes)));
            at = next;
        }
        found.sort(Comparator.comparingLong(Entry::begin));
        long end = 0;
        for (Entry entry : found) {
            require(entry.begin() >= end, "its entry " + entry.name() + " overlaps the one before it");
            require(entries.putIfAbsent(entry.name(), entry) == null, "it has two entries " + entry.name());
            end = entry.end();
        }
    }

    private static String packing(int flags, int method, Sizes sizes) {
        if ((flags & 1) != 0) {
            return "encrypted";
        }
        return method == 0 && sizes.packed() == sizes.unpacked() ? null : "compressed (method " + method + ")";
    }

    /** The record at the end of the file says where the directory is; a comment of up to 64 KiB may follow it. */
    private Directory directory() {
        long size = whole.byteSize();
        for (long end = size - 22; end >= Math.max(0, size - 22 - 0xffff); end--) {
            if (u32(end) == END && end + 22 + u16(end + 20) == size) {
                long bytes = u32(end + 12) & UNKNOWN;
                long begin = u32(end + 16) & UNKNOWN;
                long limit = end;
                if (bytes == UNKNOWN || begin == UNKNOWN || u16(end + 10) == 0xffff) {
                    require(end >= 20 && u32(end - 20) == LOCATOR_64, "its zip64 locator is missing");
                    limit = u64(end - 12);
                    require(
                            limit >= 0 && limit <= end - 20 - 56 && u32(limit) == END_64,
                            "its zip64 directory record is missing");
                    bytes = u64(limit + 40);
                    begin = u64(limit + 48);
                }
                require(
                        begin >= 0 && bytes >= 0 && begin <= limit && bytes <= limit - begin,
                        "its directory of " + bytes + " bytes at byte " + begin + " does not lie in the file");
                return new Directory(begin, begin + bytes);
            }
        }
        throw bad("it has no directory at its end; the file is truncated");
    }

    /** What does not fit in 32 bits stands in an extra field, in this order. */
    private Sizes sizes(long header, long extra, int length, String entry) {
        long[] values = {u32(header + 24) & UNKNOWN, u32(header + 20) & UNKNOWN, u32(header + 42) & UNKNOWN};
        long end = extra + length;
        for (long at = extra; at + 4 <= end; at += 4 + u16(at + 2)) {
            if (u16(at) == EXTRA_64) {
                long field = at + 4;
                long last = Math.min(end, field + u16(at + 2));
                for (int i = 0; i < values.length; i++) {
                    if (values[i] == UNKNOWN && field + 8 <= last) {
                        values[i] = u64(field);
                        field += 8;
                    }
                }
            }
        }
        for (long value : values) {
            require(value >= 0, "the sizes of its entry " + entry + " are negative");
        }
        return new Sizes(values[0], values[1], values[2]);
    }

    private Entry entry(String entry, Sizes sizes, String packing) {
        long header = sizes.header();
        require(
                header <= whole.byteSize() - 30 && u32(header) == LOCAL,
                "its entry " + entry + " has no header at byte " + header);
        long begin = header + 30 + u16(header + 26) + u16(header + 28);
        require(
                begin <= whole.byteSize() && sizes.packed() <= whole.byteSize() - begin,
                "its entry " + entry + " of " + sizes.packed() + " bytes at byte " + begin + " ends after the file's "
                        + whole.byteSize() + " bytes");
        long end = begin + sizes.packed();
        return new Entry(entry, header, end, whole.asSlice(begin, sizes.packed()), packing);
    }

    private String text(long at, int length) {
        return new String(whole.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }

    private int u16(long at) {
        return Short.toUnsignedInt(whole.get(SHORT, at));
    }

    private int u32(long at) {
        return whole.get(INT, at);
    }

    private long u64(long at) {
        return whole.get(LONG, at);
    }

    private void require(boolean valid, String what) {
        if (!valid) {
            throw bad(what);
        }
    }

    private InputException bad(String what) {
        return new InputException(file + " is not a usable zip archive: " + what);
    }
}
