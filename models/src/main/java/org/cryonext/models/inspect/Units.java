package org.cryonext.models.inspect;

import java.util.Locale;

/** Large numbers in few digits. */
public final class Units {
    private Units() {}

    /** With a decimal prefix: {@code 8.96 G}, {@code 28.6 M}, {@code 512}. */
    public static String decimal(long value) {
        return scaled(value, 1000, new String[] {"", " k", " M", " G", " T", " P"});
    }

    /** Bytes with a binary prefix: {@code 109 MiB}, {@code 512 B}. */
    public static String bytes(long value) {
        return scaled(value, 1024, new String[] {" B", " KiB", " MiB", " GiB", " TiB", " PiB"});
    }

    /** Every digit, in groups of three: {@code 28,589,128}. */
    public static String exact(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private static String scaled(long value, int base, String[] names) {
        double scaled = value;
        int i = 0;
        while (scaled >= base && i < names.length - 1) {
            scaled /= base;
            i++;
        }
        String digits = i == 0
                ? String.valueOf(value)
                : String.format(Locale.ROOT, scaled < 10 ? "%.2f" : scaled < 100 ? "%.1f" : "%.0f", scaled);
        return digits + names[i];
    }
}
