package org.cryonext.cryoet.triplet;

import org.cryonext.engine.op.CounterRandom;

/**
 * The streams of the random numbers that a training draws beside those of a network's blocks, which use the streams from 0
 * on. Their order is part of what a seed means: a new one comes last.
 */
public enum TrainingStream {
    /** Which samples validate. */
    SPLIT,
    /** The order of the samples in an epoch. */
    ORDER,
    /** The seeds of steps. */
    STEP,
    /** How the cube around a particle is varied. */
    VARIATION,
    /** The shares of mixed images. */
    MIXUP,
    /** Which numbers of a profile are withheld. */
    PROFILE_DROPOUT,
    /** Which of the training samples train, where a share of them does. */
    TRAIN_SHARE;

    /** The stream's number, which no other one has and no block of a network. */
    public int number() {
        return -1 - ordinal();
    }

    /** The stream's key for a run's seed. */
    public long key(long seed) {
        return CounterRandom.key(seed, number());
    }
}
