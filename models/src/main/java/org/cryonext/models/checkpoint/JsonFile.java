package org.cryonext.models.checkpoint;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.cryonext.engine.io.AtomicFile;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;
import org.cryonext.engine.io.JsonFault;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON read from a file, mostly an object, with getters whose errors name the file, the key, what was found and what was
 * expected. A null counts as absent.
 *
 * @param file where it comes from
 * @param root what it holds
 */
record JsonFile(Path file, JsonNode root) {
    /** Far more than any configuration needs. */
    private static final long LARGEST = 64 << 20;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .build();

    /** @throws InputException if the file cannot be read or is not a JSON object */
    static JsonFile read(Path file) {
        try {
            if (Files.size(file) > LARGEST) {
                throw new InputException(file + " has " + Files.size(file) + " bytes, too many for a configuration");
            }
            byte[] bytes = Files.readAllBytes(file);
            return parse(file, () -> MAPPER.readTree(bytes)).requireObject();
        } catch (IOException e) {
            throw InputFile.unreadable(file, "a JSON file", e);
        }
    }

    /**
     * Reads JSON that stands in a file of another kind.
     *
     * @param file for the messages
     * @throws InputException if it is not JSON
     */
    static JsonFile parse(Path file, String json) {
        return parse(file, () -> MAPPER.readTree(json));
    }

    private static JsonFile parse(Path file, Supplier<JsonNode> reader) {
        try {
            return new JsonFile(file, reader.get());
        } catch (JacksonException e) {
            String place = e.getLocation() == null
                    ? ""
                    : " at line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr();
            throw new InputException(file + " is not valid JSON" + place + ": " + JsonFault.found(e), e);
        }
    }

    JsonFile requireObject() {
        if (!root.isObject()) {
            throw new InputException(file + " is not a JSON object");
        }
        return this;
    }

    /** Writes an object, indented by two as Hugging Face's libraries do. */
    static void write(Path file, ObjectNode root) {
        DefaultIndenter two = new DefaultIndenter("  ", "\n");
        DefaultPrettyPrinter printer =
                new DefaultPrettyPrinter().withObjectIndenter(two).withArrayIndenter(two);
        String text = MAPPER.writer().with(printer).writeValueAsString(root) + "\n";
        AtomicFile.write(file, temporary -> Files.writeString(temporary, text, StandardCharsets.UTF_8));
    }

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    Optional<JsonNode> get(String key) {
        return Optional.ofNullable(root.get(key)).filter(node -> !node.isNull());
    }

    Optional<String> string(String key) {
        return get(key).map(node -> {
            if (!node.isString()) {
                throw unexpected(key, node, "a string");
            }
            return node.asString();
        });
    }

    Optional<Double> number(String key) {
        return get(key).map(node -> {
            if (!node.isNumber()) {
                throw unexpected(key, node, "a number");
            }
            return node.asDouble();
        });
    }

    Optional<Integer> integer(String key) {
        return get(key).map(node -> integer(key, node));
    }

    Optional<List<Integer>> integers(String key) {
        return get(key).map(node -> elements(key, node).stream()
                .map(element -> integer(key, element))
                .toList());
    }

    Optional<List<Double>> numbers(String key) {
        return get(key).map(node -> elements(key, node).stream()
                .map(element -> {
                    if (!element.isNumber()) {
                        throw unexpected(key, element, "numbers");
                    }
                    return element.asDouble();
                })
                .toList());
    }

    private int integer(String key, JsonNode node) {
        if (!node.isIntegralNumber() || !node.canConvertToInt()) {
            throw unexpected(key, node, "a whole number");
        }
        return node.asInt();
    }

    private List<JsonNode> elements(String key, JsonNode node) {
        if (!node.isArray()) {
            throw unexpected(key, node, "a list");
        }
        return new ArrayList<>(node.values());
    }

    InputException unexpected(String key, Object found, String expected) {
        return new InputException(file + ": " + key + " is " + found + ", expected " + expected);
    }
}
