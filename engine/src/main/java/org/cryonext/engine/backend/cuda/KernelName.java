package org.cryonext.engine.backend.cuda;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the name of a kernel says.
 *
 * @param family what it computes
 * @param rows rows of a product's tile; 0 where there is none
 * @param columns columns of a product's tile, or the second number where there are two
 * @param type element type, or what a product computes in; F32's where the name has none
 */
record KernelName(String family, int rows, int columns, String type) {
    private static final Pattern PARTS =
            Pattern.compile("(.*?)(?:_each\\d+)?(?:_(\\d+)x(\\d+))?(?:_by\\d+)?(?:_odd)?(?:_(f32|tf32|f16|bf16))?");

    static KernelName of(String kernel) {
        Matcher m = PARTS.matcher(kernel);
        if (!m.matches()) {
            throw new IllegalArgumentException("no name of a kernel: " + kernel);
        }
        return new KernelName(
                m.group(1), number(m.group(2)), number(m.group(3)), m.group(4) == null ? "f32" : m.group(4));
    }

    private static int number(String digits) {
        return digits == null ? 0 : Integer.parseInt(digits);
    }

    /** Bytes of an element. */
    int bytes() {
        return type.equals("f16") || type.equals("bf16") ? 2 : 4;
    }
}
