package org.cryonext.tools.terminal;

import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.cryonext.engine.io.Progress;

/**
 * Progress for a file or a pipe: a line when a task ends, and before that one for each 10 % or each minute, never sooner
 * than 10 s after the line before.
 */
public final class ProgressLines implements Progress {
    private static final long SHORTEST_PAUSE = TimeUnit.SECONDS.toNanos(10);
    private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(60);

    private final PrintStream out;
    private final LongSupplier clock;
    private String task;
    private String unit;
    private String extra;
    private long total;
    private long done;
    private long started;
    private long shownAt;
    private long shownTenth;

    /** @param clock the time in nanoseconds, as {@link System#nanoTime} */
    public ProgressLines(PrintStream out, LongSupplier clock) {
        this.out = out;
        this.clock = clock;
    }

    @Override
    public void start(String newTask, long newTotal, String newUnit) {
        finish();
        task = newTask;
        unit = newUnit;
        extra = "";
        total = newTotal;
        done = 0;
        started = clock.getAsLong();
        shownAt = started;
        shownTenth = 0;
    }

    @Override
    public void advance(long n) {
        done += n;
        long now = clock.getAsLong();
        long pause = now - shownAt;
        if (pause >= LONGEST_PAUSE || pause >= SHORTEST_PAUSE && tenth() > shownTenth) {
            shownAt = now;
            shownTenth = tenth();
            double left = (total - done) * seconds(now) / Math.max(1, done);
            out.println(task + ": " + done + (total > 0 ? " of " + total : "") + " " + unit
                    + (total > 0 ? " (" + 100 * done / total + " %)" : "") + ", " + duration(seconds(now))
                    + (total > 0 ? ", " + duration(left) + " left" : "") + speed(now) + extra);
        }
    }

    @Override
    public void note(String newExtra) {
        extra = ", " + newExtra;
    }

    @Override
    public void finish() {
        if (task != null) {
            long now = clock.getAsLong();
            out.println(task + ": " + done + " " + unit + " in " + duration(seconds(now)) + speed(now) + extra);
            task = null;
        }
    }

    private long tenth() {
        return total > 0 ? 10 * done / total : 0;
    }

    private double seconds(long now) {
        return (now - started) / 1e9;
    }

    private String speed(long now) {
        double seconds = seconds(now);
        return seconds > 0 ? String.format(Locale.ROOT, ", %.1f %s/s", done / seconds, unit) : "";
    }

    private static String duration(double seconds) {
        long whole = Math.round(seconds);
        return whole < 3600
                ? String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
    }
}
