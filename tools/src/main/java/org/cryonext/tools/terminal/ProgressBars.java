package org.cryonext.tools.terminal;

import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;

/** Progress as a bar that is redrawn in place, one line per task. */
public final class ProgressBars implements Screen {
    private final PrintStream out;
    private final int columns;
    private ProgressBar bar;

    /** @param columns width of the terminal */
    public ProgressBars(PrintStream out, int columns) {
        this.out = out;
        this.columns = columns;
    }

    @Override
    public void start(String task, long total, String unit) {
        finish();
        bar = ProgressBar.builder()
                .setTaskName(task)
                .setInitialMax(total > 0 ? total : -1)
                .setRenderer(new BarRenderer(unit))
                .setUpdateIntervalMillis(200)
                // One column less: a full line would move the cursor to the next.
                .setConsumer(new ConsoleProgressBarConsumer(out, columns - 1))
                .build();
    }

    @Override
    public void advance(long n) {
        bar.stepBy(n);
    }

    @Override
    public void note(String extra) {
        bar.setExtraMessage(extra);
    }

    @Override
    public void finish() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }

    @Override
    public void say(String sentence) {
        // Over the bar, which is drawn again below at its next change.
        out.print((bar == null ? "" : "\r\033[K") + sentence + System.lineSeparator());
    }
}
