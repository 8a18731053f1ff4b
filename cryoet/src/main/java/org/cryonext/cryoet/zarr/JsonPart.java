package org.cryonext.cryoet.zarr;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;
import org.cryonext.engine.io.JsonFault;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A value in a JSON file, whose errors name the file, the key, what was found and what was expected.
 *
 * @param file where it stands
 * @param place its key in the file, for messages; empty for the whole
 * @param node what it is
 */
record JsonPart(Path file, String place, JsonNode node) {
    /** Far more than the metadata of an image need. */
    private static final long LARGEST = 16 << 20;

    /** Python's json writes NaN as it is, and attributes of anybody's may hold one. */
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                    .build())
            .build();

    /** Reads an object. */
    static JsonPart read(Path file) {
        try {
            if (Files.size(file) > LARGEST) {
                throw new InputException(file + " has " + Files.size(file) + " bytes, too many for the metadata of a"
                        + " Zarr array; copy or download it again");
            }
            JsonPart whole = new JsonPart(file, "", MAPPER.readTree(Files.readAllBytes(file)));
            if (!whole.node.isObject()) {
                throw new InputException(file + " is not a JSON object; copy or download it again");
            }
            return whole;
        } catch (JacksonException e) {
            throw new InputException(file + ": " + JsonFault.words(e) + "; copy or download it again", e);
        } catch (IOException e) {
            throw InputFile.unreadable(file, "the metadata of a Zarr array", e);
        }
    }

    /** What stands under a key; a null counts as absent. */
    Optional<JsonPart> get(String key) {
        return Optional.ofNullable(node.get(key))
                .filter(value -> !value.isNull())
                .map(value -> new JsonPart(file, place.isEmpty() ? key : place + "." + key, value));
    }

    /** What stands under a key, which must be there. */
    JsonPart require(String key) {
        return get(key).orElseThrow(() -> new InputException(file + ": " + (place.isEmpty() ? "" : place + ": ")
                + "the key " + key + " is missing; the file is damaged or not the metadata of an OME-Zarr image"));
    }

    /** The elements of a list. */
    List<JsonPart> elements() {
        if (!node.isArray()) {
            throw unexpected("a list was expected");
        }
        List<JsonPart> elements = new ArrayList<>();
        for (int i = 0; i < node.size(); i++) {
            elements.add(new JsonPart(file, place + "[" + i + "]", node.get(i)));
        }
        return elements;
    }

    String text() {
        if (!node.isString()) {
            throw unexpected("a text was expected");
        }
        return node.asString();
    }

    /** A whole number from 1 on. */
    int count() {
        if (!node.isIntegralNumber() || !node.canConvertToInt() || node.asInt() < 1) {
            throw unexpected("a whole number from 1 to " + Integer.MAX_VALUE + " was expected");
        }
        return node.asInt();
    }

    double number() {
        if (!node.isNumber()) {
            throw unexpected("a number was expected");
        }
        return node.asDouble();
    }

    /** The error for a value that cannot be used. */
    InputException unexpected(String expected) {
        return new InputException(file + ": " + place + " is " + node + ", " + expected);
    }
}
