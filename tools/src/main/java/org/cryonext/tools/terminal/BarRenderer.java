package org.cryonext.tools.terminal;

import java.util.Locale;
import me.tongfei.progressbar.ProgressBarRenderer;
import me.tongfei.progressbar.ProgressState;

/**
 * A task's line: name, share, bar, count, time left, note. Where it is narrow the bar goes first, then the count: what
 * must be seen in 80 columns is the loss.
 */
final class BarRenderer implements ProgressBarRenderer {
    private static final int WIDEST_BAR = 30;
    private static final int NARROWEST_BAR = 6;

    private final String unit;

    /** @param unit what is counted, for instance "images" */
    BarRenderer(String unit) {
        this.unit = unit;
    }

    @Override
    public String render(ProgressState state, int width) {
        boolean known = !state.isIndefinite() && state.getMax() > 0;
        double share = known ? Math.min(1, (double) state.getCurrent() / state.getMax()) : 0;
        String head =
                state.getTaskName() + (known ? String.format(Locale.ROOT, " %3.0f%% ", Math.floor(100 * share)) : " ");
        String count = state.getCurrent() + (known ? "/" + state.getMax() : "") + " " + unit + ", ";
        String tail = times(state, share) + extra(state);
        int room = width - head.length() - count.length() - tail.length() - 1;
        String bar = known && room >= NARROWEST_BAR ? bar(share, Math.min(room, WIDEST_BAR)) + " " : "";
        String line = head + bar + (room >= 0 ? count : "") + tail;
        return line.length() <= width ? line : line.substring(0, width);
    }

    private static String times(ProgressState state, double share) {
        double seconds = state.getElapsedAfterStart().toMillis() / 1000.0;
        if (share <= 0) {
            return Durations.text(seconds);
        }
        return share < 1 ? Durations.text(seconds * (1 - share) / share) + " left" : Durations.text(seconds);
    }

    /** The job's own note, or the speed where it has none. */
    private String extra(ProgressState state) {
        if (!state.getExtraMessage().isEmpty()) {
            return ", " + state.getExtraMessage();
        }
        double seconds = state.getElapsedAfterStart().toMillis() / 1000.0;
        return seconds > 0 ? String.format(Locale.ROOT, ", %.1f %s/s", state.getCurrent() / seconds, unit) : "";
    }

    private static String bar(double share, int width) {
        int inside = width - 2;
        int eighths = (int) (share * inside * 8);
        StringBuilder bar = new StringBuilder("│").append("█".repeat(eighths / 8));
        if (eighths % 8 > 0) {
            // Left blocks from one eighth (U+258F) to seven eighths (U+2589).
            bar.append((char) ('█' + 8 - eighths % 8));
        }
        return bar.append(" ".repeat(width - 1 - bar.length())).append("│").toString();
    }
}
