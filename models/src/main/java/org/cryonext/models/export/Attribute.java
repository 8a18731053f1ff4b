package org.cryonext.models.export;

import java.util.List;
import java.util.stream.LongStream;

/** An attribute of an ONNX node. */
public sealed interface Attribute {
    /** Its name in ONNX's operator reference. */
    String name();

    /**
     * A whole number.
     *
     * @param name in ONNX's operator reference
     * @param value the number
     */
    record Whole(String name, long value) implements Attribute {}

    /**
     * A list of whole numbers.
     *
     * @param name in ONNX's operator reference
     * @param values the numbers
     */
    record Wholes(String name, List<Long> values) implements Attribute {
        /** Copies the list. */
        public Wholes {
            values = List.copyOf(values);
        }

        /** An attribute of these numbers. */
        static Wholes of(String name, long... values) {
            return new Wholes(name, LongStream.of(values).boxed().toList());
        }
    }

    /**
     * A real number.
     *
     * @param name in ONNX's operator reference
     * @param value the number
     */
    record Real(String name, float value) implements Attribute {}

    /**
     * A word.
     *
     * @param name in ONNX's operator reference
     * @param value the word
     */
    record Text(String name, String value) implements Attribute {}
}
