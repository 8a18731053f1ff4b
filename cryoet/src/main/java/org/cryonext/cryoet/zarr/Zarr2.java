package org.cryonext.cryoet.zarr;

import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.cryonext.engine.io.InputException;

/** Reads {@code .zarray}. Source: the Zarr storage specification, version 2. */
final class Zarr2 {
    private Zarr2() {}

    static ArrayMetadata array(Path file) {
        JsonPart json = JsonPart.read(file);
        String dtype = json.require("dtype").text();
        Optional<ElementType> type = ElementType.ofV2(dtype.isEmpty() ? dtype : dtype.substring(1));
        char order = dtype.isEmpty() ? ' ' : dtype.charAt(0);
        if (type.isEmpty() || "<>|".indexOf(order) < 0) {
            throw Zarr3.unknownType(json.require("dtype"));
        }
        json.get("order").filter(part -> !part.text().equals("C")).ifPresent(part -> {
            throw part.unexpected("C was expected: write the volume again in C order");
        });
        json.get("filters").filter(part -> !part.elements().isEmpty()).ifPresent(part -> {
            throw part.unexpected("none was expected: write the volume again without filters");
        });
        String separator = json.get("dimension_separator").map(Zarr3::separator).orElse(".");
        return new ArrayMetadata(
                file,
                Zarr3.counts(json.require("shape")),
                Zarr3.counts(json.require("chunks")),
                type.get(),
                order == '>' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN,
                json.get("fill_value").map(Zarr3::fill).orElse(0f),
                json.get("compressor").map(Zarr2::compressor).orElse(Codecs.NONE),
                new ChunkKeys("", separator),
                null);
    }

    private static Codecs compressor(JsonPart part) {
        JsonPart id = part.require("id");
        return new Codecs(List.of(
                switch (id.text()) {
                    case "zlib" -> Codec.ZLIB;
                    case "gzip" -> Codec.GZIP;
                    case "zstd" -> Codec.ZSTD;
                    case "blosc" -> Zarr3.blosc(part);
                    default -> throw unknown(id);
                }));
    }

    private static InputException unknown(JsonPart id) {
        return id.unexpected(
                "which cannot be read (zlib, gzip, zstd and blosc can, and none): write the volume again with"
                        + " one of these");
    }
}
