package org.cryonext.cryoet.metrics;

import java.util.Objects;

/**
 * What a classifier said about one particle.
 *
 * @param tomogram the tomogram's name
 * @param x voxels from the tomogram's corner, as in the particle list
 * @param y see {@code x}
 * @param z see {@code x}
 * @param line 1-based line of the particle in its list
 * @param truth id of the true class, or {@link #UNKNOWN}
 * @param predicted id of the predicted class
 * @param probabilities one per class, in the order of the class ids; the array is not copied
 */
public record Prediction(
        String tomogram, double x, double y, double z, int line, int truth, int predicted, float[] probabilities) {

    /** True class of a particle whose class is not known. */
    public static final int UNKNOWN = -1;

    /** @throws IllegalArgumentException if an id is not one of the classes that {@code probabilities} has */
    public Prediction {
        Objects.requireNonNull(tomogram, "tomogram");
        int classes = probabilities.length;
        if (predicted < 0 || predicted >= classes || truth < UNKNOWN || truth >= classes) {
            throw new IllegalArgumentException("Particle at line " + line + " of " + tomogram + ": true class " + truth
                    + " and predicted class " + predicted + " must be below the number of classes, " + classes);
        }
    }

    /** Probability of the predicted class. */
    public float probability() {
        return probabilities[predicted];
    }

    /** Whether the true class is known and was predicted. */
    public boolean correct() {
        return truth == predicted;
    }
}
