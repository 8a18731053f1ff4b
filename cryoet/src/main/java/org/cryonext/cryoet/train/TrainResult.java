package org.cryonext.cryoet.train;

import org.cryonext.cryoet.run.RunFolder;

/**
 * How a training ended.
 *
 * @param run its folder
 * @param end why it ended
 * @param steps made over the whole run
 * @param epochs completed over the whole run
 * @param bestEpoch the epoch of the best checkpoint, from 0; -1 if none is complete
 * @param bestAccuracy its validation accuracy; NaN where nothing validates
 */
public record TrainResult(RunFolder run, End end, long steps, int epochs, int bestEpoch, double bestAccuracy) {
    /** The same where a stop was asked for after the last epoch, before its end. */
    TrainResult stopped() {
        return new TrainResult(run, End.STOPPED, steps, epochs, bestEpoch, bestAccuracy);
    }

    /** Why a training ended. */
    public enum End {
        /** All epochs are done. */
        COMPLETE,
        /** The validation accuracy had not improved for as long as the patience says. */
        EARLY_STOP,
        /** It was asked to stop and can be resumed. */
        STOPPED
    }
}
