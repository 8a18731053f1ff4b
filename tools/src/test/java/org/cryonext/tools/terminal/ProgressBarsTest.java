package org.cryonext.tools.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

final class ProgressBarsTest {
    /** The lines as they were drawn, one over the other. */
    private static List<String> drawn(int columns, Consumer<ProgressBars> job) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ProgressBars bars = new ProgressBars(new PrintStream(bytes, true, StandardCharsets.UTF_8), columns);
        job.accept(bars);
        bars.finish();
        return bytes.toString(StandardCharsets.UTF_8)
                .lines()
                .flatMap(line -> List.of(line.split("\r")).stream())
                .filter(line -> !line.isBlank())
                .toList();
    }

    private static String last(int columns, Consumer<ProgressBars> job) {
        return drawn(columns, job).getLast().strip();
    }

    private static void train(ProgressBars progress) {
        progress.start("Epoch 1 of 20", 19411, "images");
        progress.advance(9600);
        progress.note("loss 2.4451, accuracy 17.9 %, 350 images/s");
    }

    @Test
    void aWideTerminalShowsEverything() {
        assertThat(last(140, ProgressBarsTest::train))
                .matches("Epoch 1 of 20  49% │█{13}.? {14,15}│ 9600/19411 images, [0-9:]+ left, "
                        + "loss 2.4451, accuracy 17.9 %, 350 images/s");
    }

    @Test
    void anOrdinaryTerminalStillShowsTheNote() {
        assertThat(last(80, ProgressBarsTest::train))
                .matches("Epoch 1 of 20  49% [0-9:]+ left, loss 2.4451, accuracy 17.9 %, 350 images/s")
                .hasSizeLessThan(80);
    }

    @Test
    void aNarrowTerminalNeverWraps() {
        assertThat(drawn(30, ProgressBarsTest::train))
                .allSatisfy(line -> assertThat(line).hasSizeLessThan(30));
    }

    @Test
    void aSentenceStandsAboveTheBar() {
        List<String> lines = drawn(80, progress -> {
            train(progress);
            progress.say("The best so far");
        });
        assertThat(lines).anyMatch(line -> line.endsWith("The best so far"));
        assertThat(lines.getLast()).startsWith("Epoch 1 of 20");
    }

    @Test
    void withoutATotalThereIsACount() {
        assertThat(last(80, progress -> {
                    progress.start("Reading", 0, "files");
                    progress.advance(3);
                }))
                .startsWith("Reading 3 files, 0:00");
    }

    @Test
    void finishesTwiceWithoutHarm() {
        ProgressBars progress = new ProgressBars(new PrintStream(new ByteArrayOutputStream()), 80);
        progress.finish();
        progress.start("A", 1, "steps");
        progress.finish();
        progress.finish();
        progress.say("over");
    }
}
