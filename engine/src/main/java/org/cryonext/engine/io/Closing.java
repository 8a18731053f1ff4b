package org.cryonext.engine.io;

import java.util.Collection;

/** Gives several things back, each whatever becomes of the others. */
public final class Closing {
    private Closing() {}

    /**
     * Runs all, in this order.
     *
     * @throws RuntimeException the first failure, when all have run; those after it are suppressed by it
     */
    public static void all(Collection<Runnable> closers) {
        RuntimeException first = null;
        for (Runnable closer : closers) {
            try {
                closer.run();
            } catch (RuntimeException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
