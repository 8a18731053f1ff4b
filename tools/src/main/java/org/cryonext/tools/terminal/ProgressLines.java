package org.cryonext.tools.terminal;

import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Progress for a file or a pipe: a line when a task ends, and before that one for each 10 % or each minute, never sooner
 * than 10 s after the line before. A task that nothing was done of leaves no line.
 */
public final class ProgressLines implements Screen {
    private static final long SHORTEST_PAUSE = TimeUnit.SECONDS.toNanos(10);
    private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(60);

    private final PrintStream out;
    private final LongSupplier clock;
    private String task;
    private String unit;
    private String note;
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
        note = "";
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
                    + (total > 0 ? " (" + 100 * done / total + " %)" : "") + ", " + Durations.text(seconds(now))
                    + (total > 0 ? ", " + Durations.text(left) + " left" : "") + extra(now));
        }
    }

    @Override
    public void note(String newNote) {
        note = newNote;
    }

    @Override
    public void finish() {
        if (task != null) {
            long now = clock.getAsLong();
            if (done > 0) {
                String what = done == 1 && unit.endsWith("s") ? unit.substring(0, unit.length() - 1) : unit;
                out.println(task + ": " + done + " " + what + " in " + Durations.text(seconds(now)) + extra(now));
            }
            task = null;
        }
    }

    @Override
    public void say(String sentence) {
        out.println(sentence);
    }

    private long tenth() {
        return total > 0 ? 10 * done / total : 0;
    }

    private double seconds(long now) {
        return (now - started) / 1e9;
    }

    /** The job's own note, or the speed where it has none. */
    private String extra(long now) {
        if (!note.isEmpty()) {
            return ", " + note;
        }
        double seconds = seconds(now);
        return seconds > 0 ? String.format(Locale.ROOT, ", %.1f %s/s", done / seconds, unit) : "";
    }
}
