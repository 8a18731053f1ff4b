package org.cryonext.models.download;

import java.util.Locale;
import java.util.function.LongSupplier;
import org.cryonext.engine.io.Progress;

/** Shows bytes as they come, in a unit that suits their number, with the speed of the last seconds. */
public final class Meter {
    private static final long KILO = 1000;
    private static final long MEGA = 1_000_000;
    private static final long WINDOW_NANOS = 2_000_000_000;

    private final Progress progress;
    private final LongSupplier nanos;
    private long unit;
    private long done;
    private long shown;
    private long markBytes;
    private long markNanos;

    /** @param nanos the time as {@link System#nanoTime} */
    public Meter(Progress progress, LongSupplier nanos) {
        this.progress = progress;
        this.nanos = nanos;
    }

    /**
     * Begins a task; what is there already is not part of it, so that the time left is right.
     *
     * @param bytes those to come, 0 where nobody knows
     */
    public void start(String task, long bytes) {
        unit = bytes > 0 && bytes < 10 * MEGA ? KILO : MEGA;
        done = 0;
        shown = 0;
        markBytes = 0;
        markNanos = nanos.getAsLong();
        progress.start(task, (bytes + unit - 1) / unit, unit == KILO ? "kB" : "MB");
    }

    public void advance(long bytes) {
        done += bytes;
        long now = nanos.getAsLong();
        if (now - markNanos >= WINDOW_NANOS) {
            progress.note(text((done - markBytes) * 1e9 / (now - markNanos)) + "/s");
            markBytes = done;
            markNanos = now;
        }
        if (done / unit > shown) {
            progress.advance(done / unit - shown);
            shown = done / unit;
        }
    }

    public void finish() {
        if (done > shown * unit) {
            progress.advance(1);
        }
        progress.finish();
    }

    /** Bytes for people: 266 bytes, 69.6 kB, 114.4 MB. */
    public static String text(double bytes) {
        return bytes < KILO
                ? String.format(Locale.ROOT, "%.0f bytes", bytes)
                : bytes < MEGA
                        ? String.format(Locale.ROOT, "%.1f kB", bytes / KILO)
                        : bytes < KILO * MEGA
                                ? String.format(Locale.ROOT, "%.1f MB", bytes / MEGA)
                                : String.format(Locale.ROOT, "%.2f GB", bytes / (KILO * MEGA));
    }
}
