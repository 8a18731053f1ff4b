package org.cryonext.tools.launch;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The heap {@code --memory} asks for: a size such as 4g, 4GiB or 4096m, or a share such as 75% of what the process may
 * use. The launcher reads the same forms in shell.
 *
 * @param flag the JVM's option for it
 */
public record HeapSize(String flag) {
    private static final int DEFAULT_SHARE = 75;

    /** 75 % of what the process may use. */
    public static final HeapSize DEFAULT = new HeapSize("-XX:MaxRAMPercentage=" + DEFAULT_SHARE);

    private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,8})(%|[gm](?:i?b)?)");
    private static final String FORMS =
            "expected a whole number of gigabytes or megabytes (at least 256m), such as 4g, 4GiB or 4096m, or a share of the memory, such as 75%";

    /**
     * @throws IllegalArgumentException if {@code text} has another form, or is more than this process may use
     */
    public static HeapSize parse(String text) {
        Matcher matcher = FORM.matcher(text.toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new IllegalArgumentException(FORMS);
        }
        long amount = Long.parseLong(matcher.group(1));
        char unit = matcher.group(2).charAt(0);
        if (unit == '%') {
            if (amount > 100) {
                throw new IllegalArgumentException(FORMS);
            }
            return new HeapSize("-XX:MaxRAMPercentage=" + amount);
        }
        long megabytes = unit == 'g' ? amount * 1024 : amount;
        if (megabytes < 256) {
            throw new IllegalArgumentException(FORMS);
        }
        long available = available() >> 20;
        if (megabytes > available) {
            throw new IllegalArgumentException("this process may use " + available + "m");
        }
        return new HeapSize("-Xmx" + amount + unit);
    }

    /** So many bytes, but not more than {@link #DEFAULT}. */
    static HeapSize atMost(long bytes) {
        return bytes < available() / 100 * DEFAULT_SHARE ? new HeapSize("-Xmx" + (bytes >> 20) + "m") : DEFAULT;
    }

    /** Bytes of memory this process may use, control groups included. */
    private static long available() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    }
}
