package org.cryonext.models.pickle;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Pickles written instruction by instruction, in archives like those of torch.save. */
final class Archive {
    private final ByteArrayOutputStream pickle = new ByteArrayOutputStream();
    private final Map<String, byte[]> entries = new LinkedHashMap<>();

    Archive() {
        op(0x80, 2);
    }

    Archive op(int... bytes) {
        for (int b : bytes) {
            pickle.write(b);
        }
        return this;
    }

    Archive raw(byte[] bytes) {
        pickle.writeBytes(bytes);
        return this;
    }

    Archive text(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        op('X').number(utf8.length);
        pickle.writeBytes(utf8);
        return this;
    }

    Archive global(String module, String name) {
        return op('c').line(module).line(name);
    }

    /** BININT. */
    Archive whole(int value) {
        return op('J').number(value);
    }

    /** LONG1. */
    Archive whole(long value) {
        op(0x8a, 8);
        pickle.writeBytes(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array());
        return this;
    }

    Archive number(int value) {
        pickle.writeBytes(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array());
        return this;
    }

    /** A float storage by its persistent id. */
    Archive storage(String key, long elements) {
        return op('(').text("storage")
                .global("torch", "FloatStorage")
                .text(key)
                .text("cpu")
                .whole(elements)
                .op('t', 'Q');
    }

    /** A tensor over a float storage. */
    Archive tensor(String key, long elements, long offset, long[] size, long[] stride) {
        global("torch._utils", "_rebuild_tensor_v2")
                .op('(')
                .storage(key, elements)
                .whole(offset);
        op('(');
        for (long s : size) {
            whole(s);
        }
        op('t', '(');
        for (long s : stride) {
            whole(s);
        }
        return op('t', 0x89).global("collections", "OrderedDict").op(')', 'R', 't', 'R');
    }

    Archive line(String text) {
        pickle.writeBytes((text + "\n").getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** The bytes of a storage, to be changed. */
    byte[] data(String key) {
        return entries.get("archive/data/" + key);
    }

    Archive data(String key, int bytes) {
        entries.put("archive/data/" + key, new byte[bytes]);
        return this;
    }

    Archive entry(String name, byte[] content) {
        entries.put(name, content);
        return this;
    }

    byte[] pickle() {
        return pickle.toByteArray();
    }

    /** Writes the archive, its entries stored or (to be refused) compressed. */
    Path write(Path file, int method) {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            put(zip, "archive/data.pkl", pickle(), method);
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                put(zip, entry.getKey(), entry.getValue(), method);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    private static void put(ZipOutputStream zip, String name, byte[] content, int method) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(content);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(method);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
