package org.cryonext.engine.backend.reference;

import org.cryonext.engine.op.Activation;
import org.cryonext.engine.op.CounterRandom;
import org.cryonext.engine.op.DropPath;
import org.cryonext.engine.op.Dropout;

/** Operators that work element by element. */
final class ReferencePointwise {
    private static final double TANH_SCALE = Math.sqrt(2 / Math.PI);
    private static final double TANH_CUBIC = 0.044715;

    private ReferencePointwise() {}

    static double gelu(boolean tanh, double x) {
        return tanh
                ? 0.5 * x * (1 + Math.tanh(TANH_SCALE * (x + TANH_CUBIC * x * x * x)))
                : x * NormalDistribution.cumulative(x);
    }

    static double geluDerivative(boolean tanh, double x) {
        if (tanh) {
            double t = Math.tanh(TANH_SCALE * (x + TANH_CUBIC * x * x * x));
            return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * TANH_SCALE * (1 + 3 * TANH_CUBIC * x * x);
        }
        return NormalDistribution.cumulative(x) + x * NormalDistribution.density(x);
    }

    /** The derivative of an activation at an element of affine, which is null without one. */
    static double derivative(Activation activation, ReferenceBlock affine, int at) {
        return activation == Activation.NONE ? 1 : geluDerivative(activation == Activation.GELU_TANH, affine.get(at));
    }

    static void gelu(boolean tanh, ReferenceBlock x, ReferenceBlock y) {
        for (int i = 0; i < x.size(); i++) {
            y.set(i, gelu(tanh, x.get(i)));
        }
    }

    static void geluGradient(boolean tanh, ReferenceBlock dy, ReferenceBlock x, ReferenceBlock dx) {
        for (int i = 0; i < x.size(); i++) {
            dx.set(i, dy.get(i) * geluDerivative(tanh, x.get(i)));
        }
    }

    static void add(ReferenceBlock a, ReferenceBlock b, ReferenceBlock y) {
        for (int i = 0; i < y.size(); i++) {
            y.set(i, a.get(i) + b.get(i));
        }
    }

    static void fill(double value, ReferenceBlock y) {
        for (int i = 0; i < y.size(); i++) {
            y.set(i, value);
        }
    }

    static void residual(
            ReferenceBlock x, ReferenceBlock branch, ReferenceBlock scale, ReferenceBlock keep, ReferenceBlock y) {
        for (int i = 0; i < y.size(); i++) {
            y.set(i, x.get(i) + factor(i, y, scale, keep) * branch.get(i));
        }
    }

    private static double factor(int i, ReferenceBlock y, ReferenceBlock scale, ReferenceBlock keep) {
        double ofChannel = scale == null ? 1 : scale.get(i % y.channels());
        double ofSample = keep == null ? 1 : keep.get(i / (y.size() / y.dim(0)));
        return ofChannel * ofSample;
    }

    static void residualGradient(
            ReferenceBlock dy,
            ReferenceBlock branch,
            ReferenceBlock scale,
            ReferenceBlock keep,
            ReferenceBlock dbranch,
            ReferenceBlock dscale) {
        double[] sum = new double[dy.channels()];
        for (int i = 0; i < dy.size(); i++) {
            double g = dy.get(i);
            if (dscale != null) {
                sum[i % dy.channels()] += factor(i, dy, null, keep) * branch.get(i) * g;
            }
            if (dbranch != null) {
                dbranch.set(i, factor(i, dy, scale, keep) * g);
            }
        }
        ReferenceLinear.store(sum, dscale);
    }

    private static long key(ReferenceBlock seed, int stream) {
        return CounterRandom.key(CounterRandom.seed((int) seed.get(0), (int) seed.get(1)), stream);
    }

    static void dropout(Dropout op, ReferenceBlock x, ReferenceBlock seed, ReferenceBlock y) {
        long key = key(seed, op.stream());
        for (int i = 0; i < y.size(); i++) {
            y.set(i, CounterRandom.uniform(key, i) < op.p() ? 0 : x.get(i) / (1 - op.p()));
        }
    }

    static void dropPath(DropPath op, ReferenceBlock seed, ReferenceBlock keep) {
        long key = key(seed, op.stream());
        for (int i = 0; i < keep.size(); i++) {
            keep.set(i, CounterRandom.uniform(key, i) < op.p() ? 0 : 1 / (1 - op.p()));
        }
    }
}
