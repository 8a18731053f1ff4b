package org.cryonext.models.download;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/** How time passes between attempts. */
public interface Waiting {
    /** @throws CancellationException if the user wants to stop meanwhile */
    void pause(Duration duration);

    /** The present time, from which a server's date is counted. */
    Instant now();

    /** The real time, during which {@code stop} is asked now and then. */
    static Waiting real(BooleanSupplier stop) {
        return new Waiting() {
            private static final Duration SLICE = Duration.ofMillis(100);

            @Override
            public void pause(Duration duration) {
                try {
                    Duration left = duration;
                    while (left.isPositive() && !stop.getAsBoolean()) {
                        Duration slice = left.compareTo(SLICE) < 0 ? left : SLICE;
                        Thread.sleep(slice);
                        left = left.minus(slice);
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new CancellationException();
                }
                if (stop.getAsBoolean()) {
                    throw new CancellationException();
                }
            }

            @Override
            public Instant now() {
                return Instant.now();
            }
        };
    }
}
