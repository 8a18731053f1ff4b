package org.cryonext.models.download;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * Tries again with growing pauses: 1, 2, 4, 8, 16 s, at most 30, each shortened at random by up to a half, so that many
 * that failed together do not come back together. A server's own wish goes first.
 *
 * @param most attempts in a row without any progress
 * @param waiting how the time passes
 * @param say where the user is told
 */
public record Retries(int most, Waiting waiting, Consumer<String> say) {
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofSeconds(30);

    /** Nobody sits before a terminal longer than this for one answer. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Something that may fail on the way. */
    @FunctionalInterface
    public interface Attempt<T> {
        T run() throws TransientException;
    }

    /** @throws TransientException the last failure, when it is time to give up */
    public <T> T run(Attempt<T> attempt) throws TransientException {
        int failures = 0;
        while (true) {
            try {
                return attempt.run();
            } catch (TransientException e) {
                failures = e.progressed() ? 1 : failures + 1;
                Duration pause = e.askedToWait().orElse(pause(failures));
                if (failures >= most || pause.compareTo(PATIENCE) > 0) {
                    throw e;
                }
                say.accept(sentence(e, pause, failures));
                waiting.pause(pause);
            }
        }
    }

    private static Duration pause(int failures) {
        Duration doubled = FIRST.multipliedBy(1L << Math.min(failures - 1, 10));
        Duration longest = doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
        return Duration.ofMillis(
                (long) (longest.toMillis() * (0.5 + ThreadLocalRandom.current().nextDouble() / 2)));
    }

    private String sentence(TransientException e, Duration pause, int failures) {
        return String.format(
                Locale.ROOT,
                "%s; trying again in %.1f s (%d of %d)",
                // Names of hosts and files are left as they are.
                e.getMessage().replaceFirst("^the ", "The "),
                pause.toMillis() / 1000.0,
                failures + 1,
                most);
    }
}
