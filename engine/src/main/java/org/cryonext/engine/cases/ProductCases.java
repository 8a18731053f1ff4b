package org.cryonext.engine.cases;

import static org.cryonext.engine.cases.CaseInput.normal;
import static org.cryonext.engine.cases.CaseInput.of;
import static org.cryonext.engine.cases.CaseShapes.BATCH;
import static org.cryonext.engine.cases.CaseShapes.EPSILON;
import static org.cryonext.engine.cases.CaseShapes.SCALES;
import static org.cryonext.engine.cases.CaseShapes.SIDES;
import static org.cryonext.engine.cases.CaseShapes.WIDTHS;
import static org.cryonext.engine.cases.CaseShapes.stages;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.cryonext.engine.cases.CaseInput.Kind;
import org.cryonext.engine.op.Activation;
import org.cryonext.engine.op.Linear;
import org.cryonext.engine.op.LinearInputGradient;
import org.cryonext.engine.op.LinearWeightGradient;
import org.cryonext.engine.op.Mlp;

/** Linear layers and their gradients at work. */
final class ProductCases {
    private ProductCases() {}

    static List<OpLine> lines() {
        return List.of(linear(), linearInputGradient(), linearWeightGradient(), mlp());
    }

    private static OpLine linear() {
        List<OpCase> tests = new ArrayList<>();
        long[][] sizes = {{1, 1, 1}, {1, 7, 3}, {5, 1, 1}, {13, 33, 17}, {200, 65, 49}, {3, 400, 30}, {26, 520, 97}};
        for (double scale : SCALES) {
            for (long[] s : sizes) {
                tests.add(OpCase.of(new Linear(), normal(scale, s[0], s[1]), normal(s[2], s[1]), normal(scale, s[2])));
            }
        }
        for (Activation activation : Activation.values()) {
            for (long[] s : sizes) {
                CaseInput x = normal(s[0], s[1]);
                CaseInput weight = normal(1 / Math.sqrt(s[1]), s[2], s[1]);
                CaseInput bias = normal(s[2]);
                CaseInput residual = normal(s[0], s[2]);
                tests.add(OpCase.of(new Linear(activation), x, weight));
                tests.add(OpCase.of(new Linear(activation), x, weight, bias));
                tests.add(OpCase.of(new Linear(activation), x, weight, bias, residual));
                tests.add(OpCase.of(new Linear(activation), x, weight, bias, residual, normal(s[2])));
                tests.add(OpCase.of(
                        new Linear(activation), x, weight, null, residual, normal(s[2]), of(Kind.KEEP, s[0])));
            }
        }
        tests.add(OpCase.of(
                new Linear(),
                normal(2, 3, 5, 24),
                normal(40, 24),
                normal(40),
                normal(2, 3, 5, 40),
                normal(40),
                of(Kind.KEEP, 2)));
        List<OpCase> timings = new ArrayList<>();
        for (int i = 0; i < SIDES.length; i++) {
            long w = WIDTHS[i];
            CaseInput narrow = normal(BATCH, SIDES[i], SIDES[i], w);
            CaseInput wide = normal(BATCH, SIDES[i], SIDES[i], 4 * w);
            timings.add(OpCase.of(new Linear(), narrow, normal(0.02, 4 * w, w), normal(4 * w)));
            timings.add(OpCase.of(new Linear(Activation.GELU), narrow, normal(0.02, 4 * w, w), normal(4 * w)));
            timings.add(OpCase.of(new Linear(), wide, normal(0.02, w, 4 * w), normal(w), narrow, normal(w)));
        }
        return new OpLine(tests, timings);
    }

    private static OpLine linearInputGradient() {
        List<OpCase> tests = new ArrayList<>();
        for (double scale : SCALES) {
            tests.add(OpCase.of(new LinearInputGradient(), normal(scale, 1, 1), normal(1, 1)));
            tests.add(OpCase.of(new LinearInputGradient(), normal(scale, 3, 5, 33), normal(33, 17)));
            tests.add(OpCase.of(new LinearInputGradient(), normal(scale, 26, 520), normal(520, 97)));
        }
        for (Activation activation : List.of(Activation.GELU, Activation.GELU_TANH)) {
            for (double scale : SCALES) {
                tests.add(OpCase.of(
                        new LinearInputGradient(activation), normal(1, 1), normal(1, 1), normal(scale, 1, 1)));
                tests.add(OpCase.of(
                        new LinearInputGradient(activation),
                        normal(scale, 3, 5, 33),
                        normal(33, 17),
                        normal(3, 5, 17)));
                tests.add(OpCase.of(
                        new LinearInputGradient(activation), normal(26, 520), normal(520, 96), normal(scale, 26, 96)));
            }
        }
        return new OpLine(
                tests,
                stages((side, w) -> List.of(
                        OpCase.of(new LinearInputGradient(), normal(BATCH, side, side, 4 * w), normal(0.02, 4 * w, w)),
                        OpCase.of(new LinearInputGradient(), normal(BATCH, side, side, w), normal(0.02, w, 4 * w)),
                        OpCase.of(
                                new LinearInputGradient(Activation.GELU),
                                normal(BATCH, side, side, w),
                                normal(0.02, w, 4 * w),
                                normal(BATCH, side, side, 4 * w)))));
    }

    private static OpLine linearWeightGradient() {
        List<OpCase> tests = new ArrayList<>();
        for (double scale : SCALES) {
            tests.add(OpCase.of(new LinearWeightGradient(), normal(scale, 1, 1), normal(1, 1)));
            tests.add(OpCase.of(new LinearWeightGradient(), normal(scale, 3, 5, 33), normal(3, 5, 17)));
            tests.add(OpCase.of(new LinearWeightGradient(), normal(scale, 3001, 13), normal(3001, 40)));
        }
        return new OpLine(
                tests,
                stages((side, w) -> List.of(
                        OpCase.of(
                                new LinearWeightGradient(),
                                normal(BATCH, side, side, 4 * w),
                                normal(BATCH, side, side, w)),
                        OpCase.of(
                                new LinearWeightGradient(),
                                normal(BATCH, side, side, w),
                                normal(BATCH, side, side, 4 * w)))));
    }

    private static OpLine mlp() {
        List<OpCase> tests = new ArrayList<>();
        for (long c : new long[] {8, 40, 104, 200, 264}) {
            tests.add(mlp(Activation.GELU, false, 1, c, 2, 5, 7));
            tests.add(mlp(Activation.GELU, true, 1, c, 3, 9, 9));
        }
        tests.add(mlp(Activation.GELU, false, 1, 136, 2, 9, 8));
        tests.add(mlp(Activation.GELU, true, 1, 392, 1, 5, 6));
        tests.add(mlp(Activation.GELU, true, 1, 24, 14, 3, 5));
        for (boolean grn : new boolean[] {false, true}) {
            tests.add(mlp(Activation.GELU_TANH, grn, 1e-2, 96, 2, 9, 8));
            for (long c : new long[] {8, 40, 264}) {
                tests.add(mlp(new Mlp(EPSILON, Activation.GELU, grn ? EPSILON : 0, true), 1, c, 3, 9, 9));
            }
        }
        long[] image = {2, 3, 3, 16};
        tests.add(OpCase.of(
                new Mlp(EPSILON, Activation.GELU, 0),
                normal(image),
                normal(16),
                normal(16),
                normal(0.3, 72, 16),
                null,
                null,
                null,
                normal(0.1, 16, 72)));
        return new OpLine(
                tests,
                stages((side, w) -> Stream.of(false, true)
                        // The whole MLP in one kernel is for up to 384 channels.
                        .filter(grn -> grn || w <= 384)
                        .map(grn -> mlp(Activation.GELU, grn, 1, w, BATCH, side, side))
                        .toList()));
    }

    private static OpCase mlp(Activation activation, boolean grn, double scale, long c, long n, long h, long w) {
        return mlp(new Mlp(EPSILON, activation, grn ? EPSILON : 0), scale, c, n, h, w);
    }

    /** With layer scale and drop path, or with Grn and neither. */
    private static OpCase mlp(Mlp mlp, double scale, long c, long n, long h, long w) {
        boolean grn = mlp.grnEpsilon() > 0;
        return OpCase.of(
                mlp,
                normal(scale, n, h, w, c),
                normal(c),
                normal(c),
                normal(1 / Math.sqrt(c), 4 * c, c),
                normal(4 * c),
                grn ? normal(4 * c) : null,
                grn ? normal(4 * c) : null,
                normal(0.5 / Math.sqrt(c), c, 4 * c),
                normal(c),
                normal(n, h, w, c),
                grn ? null : normal(c),
                grn ? null : of(Kind.KEEP, n));
    }
}
