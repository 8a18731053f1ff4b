package org.cryonext.engine.cases;

import static org.cryonext.engine.cases.CaseInput.labels;
import static org.cryonext.engine.cases.CaseInput.normal;
import static org.cryonext.engine.cases.CaseInput.of;

import java.util.ArrayList;
import java.util.List;
import org.cryonext.engine.cases.CaseInput.Kind;
import org.cryonext.engine.op.SoftmaxCrossEntropy;
import org.cryonext.engine.op.SoftmaxCrossEntropyGradient;

/** The loss and its gradient at work. */
final class LossCases {
    private LossCases() {}

    static List<OpLine> lines() {
        return List.of(loss(), lossGradient());
    }

    private static OpLine loss() {
        List<OpCase> tests = new ArrayList<>();
        for (double smoothing : new double[] {0, 0.1}) {
            for (double scale : new double[] {1, 1e-4, 30}) {
                tests.add(OpCase.of(new SoftmaxCrossEntropy(smoothing), normal(scale, 1, 1), labels(1, 1)));
                tests.add(OpCase.of(new SoftmaxCrossEntropy(smoothing), normal(scale, 33, 12), labels(12, 33)));
                tests.add(OpCase.of(
                        new SoftmaxCrossEntropy(smoothing),
                        normal(scale, 5, 21),
                        labels(21, 5),
                        of(Kind.POSITIVE, 21)));
            }
        }
        for (double focus : new double[] {0, 1, 2.5}) {
            for (double scale : new double[] {1, 30}) {
                tests.add(OpCase.of(
                        new SoftmaxCrossEntropy(0.1, focus),
                        normal(scale, 33, 12),
                        labels(12, 33),
                        null,
                        labels(12, 33),
                        of(Kind.POSITIVE, 1)));
                tests.add(OpCase.of(
                        new SoftmaxCrossEntropy(0, focus),
                        normal(scale, 5, 21),
                        labels(21, 5),
                        of(Kind.POSITIVE, 21),
                        labels(21, 5),
                        of(Kind.POSITIVE, 1)));
            }
        }
        return new OpLine(tests, List.of(OpCase.of(new SoftmaxCrossEntropy(0), normal(96, 1000), labels(1000, 96))));
    }

    private static OpLine lossGradient() {
        List<OpCase> tests = new ArrayList<>();
        for (double smoothing : new double[] {0, 0.1}) {
            for (double scale : new double[] {1, 1e-4, 30}) {
                tests.add(OpCase.of(
                        new SoftmaxCrossEntropyGradient(smoothing), normal(1), normal(scale, 33, 12), labels(12, 33)));
                tests.add(OpCase.of(
                        new SoftmaxCrossEntropyGradient(smoothing),
                        normal(1),
                        normal(scale, 5, 21),
                        labels(21, 5),
                        of(Kind.POSITIVE, 21)));
            }
        }
        for (double focus : new double[] {0, 1, 2.5}) {
            for (double scale : new double[] {1, 30}) {
                tests.add(OpCase.of(
                        new SoftmaxCrossEntropyGradient(0.1, focus),
                        normal(1),
                        normal(scale, 33, 12),
                        labels(12, 33),
                        null,
                        labels(12, 33),
                        of(Kind.POSITIVE, 1)));
                tests.add(OpCase.of(
                        new SoftmaxCrossEntropyGradient(0, focus),
                        normal(1),
                        normal(scale, 5, 21),
                        labels(21, 5),
                        of(Kind.POSITIVE, 21),
                        labels(21, 5),
                        of(Kind.POSITIVE, 1)));
            }
        }
        return new OpLine(
                tests,
                List.of(OpCase.of(new SoftmaxCrossEntropyGradient(0), normal(1), normal(96, 1000), labels(1000, 96))));
    }
}
