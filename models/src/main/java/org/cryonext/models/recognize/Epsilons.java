package org.cryonext.models.recognize;

import org.cryonext.models.convnext.ConvNextConfig;

/**
 * Judges the epsilons of a file.
 *
 * @param tolerance how far they may be off, because of the file's element type
 * @param refusal says what is wrong
 */
record Epsilons(double tolerance, Refusal refusal) {
    private static final double HALF_UNIT_OF_F16 = 0x1p-25;

    private static final double[] USUAL = {ConvNextConfig.EPSILON, ConvNextConfig.HUGGING_FACE_HEAD_EPSILON, 1e-5};

    /** @throws org.cryonext.engine.io.InputException unless the epsilon is the one that all have but the last */
    Norm require(Norm norm) {
        if (!is(norm.epsilon(), ConvNextConfig.EPSILON)) {
            throw refusal.of(
                    norm.place(),
                    "belongs to a normalisation with epsilon " + (float) norm.epsilon() + ", expected "
                            + (float) ConvNextConfig.EPSILON + ", as every ConvNeXt has it but for the last LayerNorm");
        }
        return norm;
    }

    /** What a number in the file was before it was rounded to the file's element type. */
    double exact(double found) {
        for (double usual : USUAL) {
            if (is(found, usual)) {
                return usual;
            }
        }
        return Double.parseDouble(Float.toString((float) found));
    }

    private boolean is(double found, double expected) {
        // Below 6e-5, numbers of F16 are 6e-8 apart.
        double coarse = tolerance > 1e-4 && expected > HALF_UNIT_OF_F16 ? HALF_UNIT_OF_F16 : 0;
        return Math.abs(found - expected) <= Math.max(coarse, tolerance * expected);
    }
}
