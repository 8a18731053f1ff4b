package org.cryonext.engine.cases;

import static org.cryonext.engine.cases.CaseInput.normal;
import static org.cryonext.engine.cases.CaseInput.of;
import static org.cryonext.engine.cases.CaseShapes.BATCH;
import static org.cryonext.engine.cases.CaseShapes.EPSILON;
import static org.cryonext.engine.cases.CaseShapes.IMAGES;
import static org.cryonext.engine.cases.CaseShapes.SCALES;
import static org.cryonext.engine.cases.CaseShapes.pixels;
import static org.cryonext.engine.cases.CaseShapes.stages;

import java.util.ArrayList;
import java.util.List;
import org.cryonext.engine.cases.CaseInput.Kind;
import org.cryonext.engine.op.Activation;
import org.cryonext.engine.op.Grn;
import org.cryonext.engine.op.GrnGradient;
import org.cryonext.engine.op.LayerNorm;
import org.cryonext.engine.op.LayerNormGradient;

/** LayerNorm and GRN and their gradients at work. */
final class NormCases {
    private NormCases() {}

    static List<OpLine> lines() {
        return List.of(layerNorm(), layerNormGradient(), grn(), grnGradient());
    }

    private static OpLine layerNorm() {
        List<OpCase> tests = new ArrayList<>();
        for (long[] image : IMAGES) {
            long c = image[3];
            for (double scale : SCALES) {
                tests.add(OpCase.of(new LayerNorm(EPSILON), normal(scale, image), normal(c), normal(c)));
            }
            tests.add(OpCase.of(new LayerNorm(EPSILON), of(Kind.CONSTANT_ROWS, image), normal(c), normal(c)));
            tests.add(OpCase.of(new LayerNorm(1e-12), normal(image), normal(c), normal(c)));
        }
        tests.add(OpCase.of(new LayerNorm(EPSILON), of(Kind.OFFSET_ROWS, 2, 7, 7, 768), normal(768), normal(768)));
        tests.add(OpCase.of(new LayerNorm(EPSILON), normal(3, 20), normal(20), normal(20)));
        return new OpLine(
                tests,
                stages((side, w) -> List.of(
                        OpCase.of(new LayerNorm(EPSILON), normal(BATCH, side, side, w), normal(w), normal(w)))));
    }

    private static OpLine layerNormGradient() {
        List<OpCase> tests = new ArrayList<>();
        for (long[] image : IMAGES) {
            for (double scale : SCALES) {
                tests.add(OpCase.of(
                        new LayerNormGradient(EPSILON), normal(image), normal(scale, image), normal(image[3])));
            }
        }
        tests.add(OpCase.of(
                new LayerNormGradient(EPSILON), normal(2, 7, 7, 768), of(Kind.OFFSET_ROWS, 2, 7, 7, 768), normal(768)));
        return new OpLine(
                tests,
                stages((side, w) -> List.of(OpCase.of(
                        new LayerNormGradient(EPSILON),
                        normal(BATCH, side, side, w),
                        normal(BATCH, side, side, w),
                        normal(w)))));
    }

    private static OpLine grn() {
        return pixels(s -> {
            long c = s.type().shape().channels();
            return OpCase.of(new Grn(EPSILON), s, normal(c), normal(c));
        });
    }

    private static OpLine grnGradient() {
        return pixels(
                s -> OpCase.of(
                        new GrnGradient(EPSILON),
                        normal(s.type().shape().toArray()),
                        s,
                        normal(s.type().shape().channels())),
                s -> behind(Activation.GELU, s),
                s -> behind(Activation.GELU_TANH, s));
    }

    private static OpCase behind(Activation activation, CaseInput affine) {
        long[] dims = affine.type().shape().toArray();
        return OpCase.of(
                new GrnGradient(EPSILON, activation),
                normal(dims),
                normal(dims),
                normal(affine.type().shape().channels()),
                affine);
    }
}
