package org.cryonext.cryoet.train;

/** What a training needs at least, for those who plan several. */
public final class SmallestTraining {
    private SmallestTraining() {}

    /** Particles of a step, and so the least that must train. */
    public static int batch(TrainOptions options) {
        return new Presets(options).batch();
    }

    /** Of particles that are divided at random, those that train; the rest validates. */
    public static int training(int particles) {
        return (int) (particles * Presets.TRAINING_SHARE);
    }
}
