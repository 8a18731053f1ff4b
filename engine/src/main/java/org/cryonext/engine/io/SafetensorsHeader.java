package org.cryonext.engine.io;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * What a safetensors header says, once it has been found to agree with the file.
 *
 * @param types names and types, in the order of the data
 * @param offsets first byte of each tensor, counted from {@code dataStart}
 * @param metadata the strings of {@code __metadata__}
 * @param dataStart first byte of the data in the file
 */
record SafetensorsHeader(
        SequencedMap<String, TensorType> types,
        Map<String, Long> offsets,
        Map<String, String> metadata,
        long dataStart) {
    static final String METADATA = "__metadata__";

    /** The limit of the format's reference implementation. */
    private static final long LONGEST = 100_000_000;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private record Entry(String name, TensorType type, long begin, long end) {}

    /** @throws InputException if header and file do not agree */
    static SafetensorsHeader read(Path file, MemorySegment whole) {
        if (whole.byteSize() < 8) {
            throw bad(file, "it has " + whole.byteSize() + " bytes, fewer than the 8 of the header's length");
        }
        long length = whole.get(LONG, 0);
        if (length < 0 || length > whole.byteSize() - 8) {
            throw bad(
                    file,
                    "its first 8 bytes announce a header of " + Long.toUnsignedString(length) + " bytes, but only "
                            + (whole.byteSize() - 8) + " follow; the file is truncated or of another format");
        }
        if (length > LONGEST) {
            throw bad(file, "its header of " + length + " bytes is longer than the format's limit of " + LONGEST);
        }
        List<Entry> entries = new ArrayList<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        byte[] json = whole.asSlice(8, length).toArray(ValueLayout.JAVA_BYTE);
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), decode(file, json))) {
            parse(file, parser, entries, metadata);
        } catch (JacksonException e) {
            throw new InputException(
                    message(
                            file,
                            "the JSON of its header is broken at character "
                                    + (e.getLocation() == null
                                            ? "?"
                                            : e.getLocation().getCharOffset()) + ": "
                                    + JsonFault.found(e)),
                    e);
        }
        return checked(file, entries, metadata, 8 + length, whole.byteSize() - 8 - length);
    }

    private static String decode(Path file, byte[] json) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(json))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new InputException(message(file, "its header is not UTF-8 text"), e);
        }
    }

    private static void parse(Path file, JsonParser p, List<Entry> entries, Map<String, String> metadata) {
        expect(file, "header", p.nextToken(), JsonToken.START_OBJECT);
        while (p.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = p.currentName();
            expect(file, name, p.nextToken(), JsonToken.START_OBJECT);
            if (name.equals(METADATA)) {
                while (p.nextToken() == JsonToken.PROPERTY_NAME) {
                    String key = p.currentName();
                    expect(file, METADATA + "." + key, p.nextToken(), JsonToken.VALUE_STRING);
                    metadata.put(key, p.getString());
                }
            } else {
                entries.add(entry(file, name, p));
            }
        }
        if (p.nextToken() != null) {
            throw bad(file, "its header goes on after the closing brace");
        }
    }

    private static Entry entry(Path file, String name, JsonParser p) {
        DType dtype = null;
        long[] shape = null;
        long[] offsets = null;
        while (p.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = p.currentName();
            p.nextToken();
            switch (key) {
                case "dtype" -> dtype = dtype(file, name, p);
                case "shape" -> shape = longs(file, name + ".shape", p);
                case "data_offsets" -> offsets = longs(file, name + ".data_offsets", p);
                default -> throw bad(file, "tensor " + name + " has an unknown key " + key);
            }
        }
        if (dtype == null || shape == null || offsets == null || offsets.length != 2) {
            throw bad(file, "tensor " + name + " needs a dtype, a shape and two data_offsets");
        }
        try {
            TensorType type = new TensorType(dtype, Shape.of(shape));
            long bytes = type.bytes();
            if (offsets[1] - offsets[0] != bytes) {
                throw bad(
                        file,
                        "tensor " + name + " of " + type + " needs " + bytes + " bytes, but its data_offsets "
                                + Arrays.toString(offsets) + " hold " + (offsets[1] - offsets[0]));
            }
            return new Entry(name, type, offsets[0], offsets[1]);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new InputException(
                    message(
                            file,
                            "tensor " + name + " has the shape " + Arrays.toString(shape) + ", whose size overflows"),
                    e);
        }
    }

    private static DType dtype(Path file, String name, JsonParser p) {
        for (DType dtype : DType.values()) {
            if (p.currentToken() == JsonToken.VALUE_STRING && dtype.name().equals(p.getString())) {
                return dtype;
            }
        }
        throw bad(
                file,
                "tensor " + name + " has the element type " + p.getString() + "; expected one of "
                        + Arrays.toString(DType.values()));
    }

    private static long[] longs(Path file, String place, JsonParser p) {
        expect(file, place, p.currentToken(), JsonToken.START_ARRAY);
        List<Long> values = new ArrayList<>();
        while (p.nextToken() != JsonToken.END_ARRAY) {
            expect(file, place, p.currentToken(), JsonToken.VALUE_NUMBER_INT);
            long value = p.getLongValue();
            if (value < 0) {
                throw bad(file, place + " holds the negative number " + value);
            }
            values.add(value);
        }
        return values.stream().mapToLong(Long::longValue).toArray();
    }

    private static SafetensorsHeader checked(
            Path file, List<Entry> entries, Map<String, String> metadata, long dataStart, long dataBytes) {
        entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        SequencedMap<String, TensorType> types = new LinkedHashMap<>();
        Map<String, Long> offsets = new LinkedHashMap<>();
        long next = 0;
        for (Entry e : entries) {
            if (e.end() > dataBytes) {
                throw bad(
                        file,
                        "tensor " + e.name() + " ends at byte " + e.end() + " of the data, which has only " + dataBytes
                                + "; the file is truncated");
            }
            if (e.begin() != next) {
                throw bad(
                        file,
                        "tensor " + e.name() + " begins at byte " + e.begin() + " of the data, but the tensor before it"
                                + " ends at " + next + (e.begin() < next ? " (they overlap)" : " (a gap)"));
            }
            next = e.end();
            types.put(e.name(), e.type());
            offsets.put(e.name(), e.begin());
        }
        if (next != dataBytes) {
            throw bad(
                    file, "its tensors end at byte " + next + " of the data, but " + dataBytes + " follow the header");
        }
        return new SafetensorsHeader(
                Collections.unmodifiableSequencedMap(types), offsets, Collections.unmodifiableMap(metadata), dataStart);
    }

    private static void expect(Path file, String place, JsonToken found, JsonToken expected) {
        if (found != expected) {
            throw bad(file, place + " of its header is " + found + ", expected " + expected);
        }
    }

    private static InputException bad(Path file, String what) {
        return new InputException(message(file, what));
    }

    private static String message(Path file, String what) {
        return file + " is not a usable safetensors file: " + what;
    }
}
