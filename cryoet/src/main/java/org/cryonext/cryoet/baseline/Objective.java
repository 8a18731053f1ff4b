package org.cryonext.cryoet.baseline;

/** A smooth function of many variables that is to be made small. */
@FunctionalInterface
interface Objective {
    /**
     * The function's value.
     *
     * @param x where
     * @param gradient receives the gradient there; what it held before does not matter
     */
    double value(double[] x, double[] gradient);
}
