package org.cryonext.engine.backend.reference;

import org.cryonext.engine.op.AdamW;
import org.cryonext.engine.op.UnscaleGradients;

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
        if (clip != null && clip.get(0) == 0) {
            return;
        }
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
        double root = norm(gradients, 0);
        if (clip != null) {
            clip.set(0, Math.min(1, maxNorm / (root + 1e-6)));
        }
        if (norm != null) {
            norm.set(0, root);
        }
    }

    private static double norm(ReferenceBlock[] blocks, int first) {
        double sum = 0;
        for (int b = first; b < blocks.length; b++) {
            for (int i = 0; i < blocks[b].size(); i++) {
                sum += blocks[b].get(i) * blocks[b].get(i);
            }
        }
        return Math.sqrt(sum);
    }

    /** @param all scale, good, and the gradients */
    static void unscale(UnscaleGradients op, ReferenceBlock[] all, ReferenceBlock factor, ReferenceBlock norm) {
        ReferenceBlock scale = all[0];
        ReferenceBlock good = all[1];
        double scaled = norm(all, 2);
        boolean finite = Double.isFinite(scaled);
        if (factor != null) {
            factor.set(0, finite ? op.factor(scaled, scale.get(0)) : 0);
        }
        if (norm != null) {
            norm.set(0, finite ? scaled / scale.get(0) : 0);
        }
        boolean grows = finite && good.get(0) + 1 >= op.interval();
        scale.set(0, scale.get(0) * (grows ? op.growth() : finite ? 1 : op.backoff()));
        good.set(0, finite && !grows ? good.get(0) + 1 : 0);
    }

    static void average(double decay, ReferenceBlock average, ReferenceBlock value) {
        for (int i = 0; i < average.size(); i++) {
            average.set(i, decay * average.get(i) + (1 - decay) * value.get(i));
        }
    }
}
