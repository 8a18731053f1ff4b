package org.cryonext.tools.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class ProgressLinesTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private long now;
    private final ProgressLines progress =
            new ProgressLines(new PrintStream(bytes, true, StandardCharsets.UTF_8), () -> now);

    private void pass(long seconds) {
        now += TimeUnit.SECONDS.toNanos(seconds);
    }

    private String printed() {
        return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }

    @Test
    void aShortTaskIsOneLine() {
        progress.start("Reading", 4, "files");
        for (int i = 0; i < 4; i++) {
            pass(2);
            progress.advance(1);
        }
        progress.finish();
        assertThat(printed()).isEqualTo("Reading: 4 files in 0:08, 0.5 files/s\n");
    }

    @Test
    void oneIsNoPlural() {
        progress.start("Writing", 1, "tomograms");
        progress.advance(1);
        progress.finish();
        assertThat(printed()).isEqualTo("Writing: 1 tomogram in 0:00\n");
    }

    @Test
    void aLongTaskShowsTenthsAndMinutes() {
        progress.start("Training", 1000, "images");
        progress.note("loss 1.5");
        for (int i = 0; i < 500; i++) {
            pass(1);
            progress.advance(1);
        }
        // 10 % pass every 100 s: lines at 60 s (a minute), 100 s (a tenth), 160 s, 200 s, ...
        assertThat(printed().lines())
                .hasSize(10)
                .startsWith(
                        "Training: 60 of 1000 images (6 %), 1:00, 15:40 left, loss 1.5",
                        "Training: 100 of 1000 images (10 %), 1:40, 15:00 left, loss 1.5");
    }

    @Test
    void neverTwoLinesWithinTenSeconds() {
        progress.start("Training", 100, "images");
        for (int i = 0; i < 100; i++) {
            pass(1);
            progress.advance(1);
        }
        assertThat(printed().lines()).hasSize(10);
    }

    @Test
    void aNewTaskEndsTheOneBefore() {
        progress.start("One", 1, "steps");
        progress.start("Two", 0, "bytes");
        pass(7322);
        progress.advance(5);
        progress.finish();
        progress.finish();
        assertThat(printed().lines())
                .as("nothing was done of the first one")
                .containsExactly("Two: 5 bytes, 2:02:02, 0.0 bytes/s", "Two: 5 bytes in 2:02:02, 0.0 bytes/s");
    }
}
