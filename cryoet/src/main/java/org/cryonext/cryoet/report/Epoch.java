package org.cryonext.cryoet.report;

/**
 * What a run's log says about an epoch.
 *
 * @param number from 0
 * @param trainLoss mean loss of the epoch's steps
 * @param trainAccuracy from 0 to 1
 * @param valLoss NaN when nothing was validated
 * @param valAccuracy from 0 to 1; NaN when nothing was validated
 * @param best whether it was the best epoch so far
 * @param seconds how long it took
 */
public record Epoch(
        int number,
        double trainLoss,
        double trainAccuracy,
        double valLoss,
        double valAccuracy,
        boolean best,
        double seconds) {}
