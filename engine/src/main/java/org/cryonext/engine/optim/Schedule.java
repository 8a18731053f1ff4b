package org.cryonext.engine.optim;

/**
 * How a learning rate changes over a run: a linear warm-up from 0, then constant or half a cosine down to 0.
 *
 * @param kind constant or cosine
 * @param warmupSteps steps of the warm-up; step k of them, from 0, has the factor (k + 1) / warmupSteps
 * @param totalSteps steps of the whole run
 */
public record Schedule(Kind kind, long warmupSteps, long totalSteps) {
    /** What follows the warm-up. */
    public enum Kind {
        CONSTANT,
        COSINE
    }

    /** The factor of the base learning rate at a step, counted from 0. */
    public double factor(long step) {
        if (step < warmupSteps) {
            return (step + 1.0) / warmupSteps;
        }
        return switch (kind) {
            case CONSTANT -> 1;
            case COSINE -> {
                double progress = (double) (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps);
                yield 0.5 * (1 + Math.cos(Math.PI * Math.min(1, progress)));
            }
        };
    }
}
