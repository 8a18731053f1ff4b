package org.cryonext.engine.backend.reference;

import org.cryonext.engine.op.AdamW;

/** Operators that update variables in place. */
final class ReferenceOptimizer {
    private ReferenceOptimizer() {}

    static void adamW(
            AdamW op,
            ReferenceBlock parameter,
            ReferenceBlock gradient,
            ReferenceBlock m,
            ReferenceBlock v,
            ReferenceBlock hyper,
            ReferenceBlock clip) {
        for (int i = 0; i < parameter.size(); i++) {
            double g = gradient.get(i) * (clip == null ? 1 : clip.get(0));
            double first = op.beta1() * m.get(i) + (1 - op.beta1()) * g;
            double second = op.beta2() * v.get(i) + (1 - op.beta2()) * g * g;
            m.set(i, first);
            v.set(i, second);
            double step = hyper.get(1) * first / (Math.sqrt(second) / hyper.get(2) + op.epsilon());
            parameter.set(i, parameter.get(i) * hyper.get(0) - step);
        }
    }

    static void clipGradientNorm(double maxNorm, ReferenceBlock[] gradients, ReferenceBlock clip, ReferenceBlock norm) {
        double sum = 0;
        for (ReferenceBlock gradient : gradients) {
            for (int i = 0; i < gradient.size(); i++) {
                sum += gradient.get(i) * gradient.get(i);
            }
        }
        double root = Math.sqrt(sum);
        if (clip != null) {
            clip.set(0, Math.min(1, maxNorm / (root + 1e-6)));
        }
        if (norm != null) {
            norm.set(0, root);
        }
    }

    static void average(double decay, ReferenceBlock average, ReferenceBlock value) {
        for (int i = 0; i < average.size(); i++) {
            average.set(i, decay * average.get(i) + (1 - decay) * value.get(i));
        }
    }
}
