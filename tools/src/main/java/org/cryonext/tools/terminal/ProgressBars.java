package org.cryonext.tools.terminal;

import java.io.PrintStream;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarStyle;
import org.cryonext.engine.io.Progress;

/** Progress as a bar that is redrawn in place, one line per task. */
public final class ProgressBars implements Progress {
    private final PrintStream out;
    private final int columns;
    private ProgressBar bar;

    /** @param columns width of the terminal */
    public ProgressBars(PrintStream out, int columns) {
        this.out = out;
        this.columns = columns;
    }

    /** Bars where standard error is a terminal, otherwise lines. */
    public static Progress onStandardError() {
        return StandardError.isTerminal()
                ? new ProgressBars(System.err, StandardError.columns())
                : new ProgressLines(System.err, System::nanoTime);
    }

    @Override
    public void start(String task, long total, String unit) {
        finish();
        bar = ProgressBar.builder()
                .setTaskName(task)
                .setInitialMax(total)
                .setUnit(" " + unit, 1)
                .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                .setUpdateIntervalMillis(200)
                .showSpeed(new DecimalFormat("0.0", DecimalFormatSymbols.getInstance(Locale.ROOT)))
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
        bar.setExtraMessage(" " + extra);
    }

    @Override
    public void finish() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
