package org.cryonext.tools.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class ProgressBarsTest {
    @Test
    void drawsTaskShareAndNoteWithinTheWidth() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ProgressBars progress = new ProgressBars(new PrintStream(bytes, true, StandardCharsets.UTF_8), 100);
        progress.start("Training", 200, "images");
        progress.advance(50);
        progress.note("loss 1.25");
        progress.finish();
        String[] drawn = bytes.toString(StandardCharsets.UTF_8).strip().split("\r");
        assertThat(drawn[drawn.length - 1])
                .contains("Training", "25%", "50/200 images", "loss 1.25")
                .hasSizeLessThan(100);
    }

    @Test
    void finishesTwiceWithoutHarm() {
        ProgressBars progress = new ProgressBars(new PrintStream(new ByteArrayOutputStream()), 80);
        progress.finish();
        progress.start("A", 1, "steps");
        progress.finish();
        progress.finish();
    }
}
