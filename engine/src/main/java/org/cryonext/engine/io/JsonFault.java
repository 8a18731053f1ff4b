package org.cryonext.engine.io;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.exc.InvalidFormatException;

/** Says what is wrong with a JSON file in words that need no knowledge of the library that read it. */
public final class JsonFault {
    private JsonFault() {}

    /** The key and what it should hold, or the place where the text stops to be JSON; part of a sentence. */
    public static String words(JacksonException e) {
        return switch (e) {
            case InvalidFormatException wrong ->
                key(e) + " is " + value(wrong.getValue()) + ", expected " + expected(wrong.getTargetType());
            case DatabindException fault ->
                fault.getPath().isEmpty()
                        ? "it lacks keys or has a value of the wrong kind"
                        : key(e) + " is missing or has a value of the wrong kind";
            default ->
                e.getLocation() == null
                        ? "it is no JSON"
                        : "it is no longer JSON at line " + e.getLocation().getLineNr() + ", column "
                                + e.getLocation().getColumnNr();
        };
    }

    /** What the parser met, one line, without its remarks on where it reads from, which name nothing that a user knows. */
    public static String found(JacksonException e) {
        String message = e.getOriginalMessage().lines().findFirst().orElse("");
        return message.replaceFirst(" ?\\((start marker )?at \\[Source:.*", "");
    }

    private static String key(JacksonException e) {
        List<JacksonException.Reference> path = e.getPath();
        return path.stream()
                .map(part ->
                        part.getPropertyName() == null ? "[" + part.getIndex() + "]" : "." + part.getPropertyName())
                .collect(Collectors.joining())
                .replaceFirst("^\\.", "");
    }

    private static String value(Object value) {
        return value instanceof String text ? "\"" + text + "\"" : String.valueOf(value);
    }

    private static String expected(Class<?> type) {
        if (type != null && type.isEnum()) {
            return Stream.of(type.getEnumConstants())
                    .map(constant -> ((Enum<?>) constant).name())
                    .collect(Collectors.joining(", ", "one of ", ""));
        }
        return type != null && (type.isPrimitive() || Number.class.isAssignableFrom(type))
                ? "a number (" + type.getSimpleName().toLowerCase(Locale.ROOT) + ")"
                : "a value of another kind";
    }
}
