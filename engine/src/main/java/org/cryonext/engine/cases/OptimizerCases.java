package org.cryonext.engine.cases;

import static org.cryonext.engine.cases.CaseInput.normal;
import static org.cryonext.engine.cases.CaseInput.of;

import java.util.ArrayList;
import java.util.List;
import org.cryonext.engine.cases.CaseInput.Kind;
import org.cryonext.engine.op.AdamW;
import org.cryonext.engine.op.ClipGradientNorm;
import org.cryonext.engine.op.ExponentialMovingAverage;
import org.cryonext.engine.op.UnscaleGradients;

/** What updates the parameters at work. */
final class OptimizerCases {
    private OptimizerCases() {}

    static List<OpLine> lines() {
        return List.of(adamW(), clip(), unscale(), average());
    }

    private static OpLine adamW() {
        List<OpCase> tests = new ArrayList<>();
        for (long[] dims : new long[][] {{1}, {17}, {33, 40}}) {
            for (CaseInput clip : new CaseInput[] {null, of(Kind.POSITIVE, 1), normal(0.0, 1)}) {
                tests.add(OpCase.of(
                        new AdamW(0.9, 0.999, 1e-8),
                        normal(dims),
                        normal(dims),
                        normal(dims),
                        of(Kind.POSITIVE, dims),
                        of(Kind.HYPER, 3),
                        clip));
            }
        }
        long[] large = {3072, 768};
        return new OpLine(
                tests,
                List.of(OpCase.of(
                        new AdamW(0.9, 0.999, 1e-8),
                        normal(large),
                        normal(large),
                        normal(large),
                        of(Kind.POSITIVE, large),
                        of(Kind.HYPER, 3))));
    }

    private static OpLine clip() {
        return new OpLine(
                List.of(
                        OpCase.of(new ClipGradientNorm(1), normal(1)),
                        OpCase.of(new ClipGradientNorm(1), normal(1e-4, 5)),
                        OpCase.of(new ClipGradientNorm(0.5), normal(17), normal(33, 40), normal(3, 3, 3, 7))),
                List.of(OpCase.of(new ClipGradientNorm(1), normal(3072, 768), normal(768, 3072))));
    }

    private static OpLine unscale() {
        CaseInput scale = of(Kind.POSITIVE, 1);
        CaseInput good = of(Kind.POSITIVE, 1);
        CaseInput broken = of(Kind.NOT_FINITE, 33, 40);
        return new OpLine(
                List.of(
                        OpCase.of(new UnscaleGradients(0), scale, good, normal(17)),
                        OpCase.of(new UnscaleGradients(0.5), scale, good, normal(17), normal(33, 40)),
                        OpCase.of(new UnscaleGradients(1, 2, 0.5, 1), scale, good, normal(1e-4, 5)),
                        OpCase.of(new UnscaleGradients(1), scale, good, normal(17), broken, normal(3)),
                        OpCase.of(new UnscaleGradients(0, 2, 0.5, 1), scale, good, broken)),
                List.of(OpCase.of(new UnscaleGradients(1), scale, good, normal(3072, 768), normal(768, 3072))));
    }

    private static OpLine average() {
        return new OpLine(
                List.of(
                        OpCase.of(new ExponentialMovingAverage(0.9), normal(1), normal(1)),
                        OpCase.of(new ExponentialMovingAverage(0.999), normal(33, 40), normal(33, 40))),
                List.of(OpCase.of(new ExponentialMovingAverage(0.999), normal(3072, 768), normal(3072, 768))));
    }
}
