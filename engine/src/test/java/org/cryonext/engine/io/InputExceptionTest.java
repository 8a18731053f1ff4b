package org.cryonext.engine.io;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class InputExceptionTest {
    private static String message(String text) {
        return new InputException(text).getMessage();
    }

    @Test
    void anOrdinarySentenceStaysAsItIs() {
        String sentence = "tomo gram.mrc: voxel (1, 2, 3) is NaN, 10 Å \"ünï\" 中文 \\n; write it again";
        assertThat(message(sentence)).isEqualTo(sentence);
        assertThat(new InputException(sentence, new IllegalStateException())).hasMessage(sentence);
    }

    @Test
    void whatWouldBreakTheLineOrCommandTheTerminalIsShown() {
        assertThat(message("tensor a\nb\r\n\tc\u001B[31m\u0000\u0085\u2028\u2029\u202Ed has no data"))
                .isEqualTo("tensor a\\nb\\r\\n\\tc\\u001b[31m\\u0000\\u0085\\u2028\\u2029\\u202ed has no data");
    }

    @Test
    void aLongMessageLosesItsMiddle() {
        String message = message("file.safetensors: tensor " + "x".repeat(1_000_000) + " has no data; write it again");
        assertThat(message)
                .hasSize(OneLine.LONGEST)
                .startsWith("file.safetensors: tensor xxx")
                .contains("x [...] x")
                .endsWith("xxx has no data; write it again");
    }
}
