package org.cryonext.cryoet.zarr;

import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cryonext.engine.io.InputException;

/** Reads {@code zarr.json} of an array. Source: the Zarr core specification, version 3, and its list of codecs. */
final class Zarr3 {
    private static final String NAME = "name";
    private static final String CONFIGURATION = "configuration";
    private static final String CHUNK_SHAPE = "chunk_shape";

    /** What was done to bytes, and how they are ordered. */
    private record Chain(ByteOrder order, Codecs codecs) {}

    private Zarr3() {}

    static ArrayMetadata array(Path file) {
        JsonPart json = JsonPart.read(file);
        JsonPart node = json.require("node_type");
        if (!node.text().equals("array")) {
            throw node.unexpected("array was expected; copy or download the volume again");
        }
        ElementType type = ElementType.ofV3(json.require("data_type").text())
                .orElseThrow(() -> unknownType(json.require("data_type")));
        JsonPart grid = json.require("chunk_grid");
        requireName(grid, "regular");
        json.get("storage_transformers")
                .filter(part -> !part.elements().isEmpty())
                .ifPresent(part -> {
                    throw part.unexpected("none was expected: write the volume again without them");
                });
        List<Integer> outer = counts(grid.require(CONFIGURATION).require(CHUNK_SHAPE));
        List<JsonPart> codecs = json.require("codecs").elements();
        boolean sharded = !codecs.isEmpty() && name(codecs.getFirst()).equals("sharding_indexed");
        if (sharded && codecs.size() > 1) {
            throw codecs.get(1).unexpected("nothing was expected beside shards: write the volume again without it");
        }
        JsonPart sharding = sharded ? codecs.getFirst().require(CONFIGURATION) : null;
        Chain chain = chain(sharded ? sharding.require("codecs") : json.require("codecs"));
        return new ArrayMetadata(
                file,
                counts(json.require("shape")),
                sharded ? counts(sharding.require(CHUNK_SHAPE)) : outer,
                type,
                chain.order(),
                json.get("fill_value").map(Zarr3::fill).orElse(0f),
                chain.codecs(),
                keys(json.require("chunk_key_encoding")),
                sharded ? shards(outer, sharding) : null);
    }

    private static Shards shards(List<Integer> shape, JsonPart sharding) {
        JsonPart codecs = sharding.require("index_codecs");
        Chain index = chain(codecs);
        if (index.order() != ByteOrder.LITTLE_ENDIAN || !index.codecs().plain()) {
            throw codecs.unexpected("little-endian bytes without compression were expected: write the volume again so");
        }
        boolean last = sharding.get("index_location")
                .map(part -> switch (part.text()) {
                    case "end" -> true;
                    case "start" -> false;
                    default -> throw part.unexpected("start or end was expected; the file is damaged");
                })
                .orElse(true);
        return new Shards(shape, index.codecs(), last);
    }

    /** Bytes first, then what was done to them. */
    private static Chain chain(JsonPart list) {
        List<JsonPart> parts = list.elements();
        if (parts.isEmpty() || !name(parts.getFirst()).equals("bytes")) {
            throw list.unexpected(
                    "a list that begins with bytes was expected: write the volume again without what stands"
                            + " before it");
        }
        ByteOrder order = parts.getFirst()
                .get(CONFIGURATION)
                .flatMap(configuration -> configuration.get("endian"))
                .map(Zarr3::order)
                .orElse(ByteOrder.LITTLE_ENDIAN);
        List<Codec> codecs = new ArrayList<>();
        for (JsonPart part : parts.subList(1, parts.size())) {
            codecs.add(codec(part));
        }
        if (codecs.stream().filter(Codec::compresses).count() > 1) {
            throw list.unexpected("one compression was expected: write the volume again with one");
        }
        return new Chain(order, new Codecs(codecs));
    }

    private static ByteOrder order(JsonPart endian) {
        return switch (endian.text()) {
            case "little" -> ByteOrder.LITTLE_ENDIAN;
            case "big" -> ByteOrder.BIG_ENDIAN;
            default -> throw endian.unexpected("little or big was expected; the file is damaged");
        };
    }

    private static Codec codec(JsonPart part) {
        return switch (name(part)) {
            case "zlib", "numcodecs.zlib" -> Codec.ZLIB;
            case "gzip" -> Codec.GZIP;
            case "zstd" -> Codec.ZSTD;
            case "blosc" -> blosc(part.require(CONFIGURATION));
            case "crc32c" -> Codec.CRC32C;
            default ->
                throw part.require(NAME)
                        .unexpected(
                                "which cannot be read (gzip, zlib, zstd, blosc and crc32c can, and shards): write the"
                                        + " volume again with one of these");
        };
    }

    /** Blosc, by what it was told. */
    static Codec blosc(JsonPart configuration) {
        configuration
                .get("cname")
                .filter(name -> !Blosc.COMPRESSORS.contains(name.text()))
                .ifPresent(name -> {
                    throw name.unexpected("which cannot be read (of blosc's " + String.join(", ", Blosc.COMPRESSORS)
                            + " can): write the volume again with one of these");
                });
        return Codec.BLOSC;
    }

    private static ChunkKeys keys(JsonPart encoding) {
        String separator = encoding.get(CONFIGURATION)
                .flatMap(configuration -> configuration.get("separator"))
                .map(Zarr3::separator)
                .orElse(null);
        return switch (name(encoding)) {
            case "default" -> {
                String own = separator == null ? "/" : separator;
                yield new ChunkKeys("c" + own, own);
            }
            case "v2" -> new ChunkKeys("", separator == null ? "." : separator);
            default -> throw encoding.require(NAME).unexpected("default or v2 was expected; the file is damaged");
        };
    }

    private static void requireName(JsonPart part, String name) {
        if (!name(part).equals(name)) {
            throw part.require(NAME).unexpected(name + " was expected: write the volume again so");
        }
    }

    private static String name(JsonPart part) {
        return part.require(NAME).text();
    }

    static String separator(JsonPart part) {
        String separator = part.text();
        if (!separator.equals("/") && !separator.equals(".")) {
            throw part.unexpected("a dot or a slash was expected; the file is damaged");
        }
        return separator;
    }

    static List<Integer> counts(JsonPart list) {
        return list.elements().stream().map(JsonPart::count).toList();
    }

    /** A number, or the name of one that JSON does not have. */
    static float fill(JsonPart part) {
        if (!part.node().isString()) {
            return (float) part.number();
        }
        return switch (part.text()) {
            case "NaN" -> Float.NaN;
            case "Infinity" -> Float.POSITIVE_INFINITY;
            case "-Infinity" -> Float.NEGATIVE_INFINITY;
            default -> throw part.unexpected("a number was expected; the file is damaged");
        };
    }

    static InputException unknownType(JsonPart type) {
        return type.unexpected(
                "which cannot be read (" + ElementType.names() + " can): write the volume again as float32");
    }
}
