package org.cryonext.engine.cases;

import static org.cryonext.engine.cases.CaseInput.normal;
import static org.cryonext.engine.cases.CaseInput.of;
import static org.cryonext.engine.cases.CaseInput.seed;
import static org.cryonext.engine.cases.CaseShapes.BATCH;
import static org.cryonext.engine.cases.CaseShapes.IMAGES;
import static org.cryonext.engine.cases.CaseShapes.SIDES;
import static org.cryonext.engine.cases.CaseShapes.WIDTHS;
import static org.cryonext.engine.cases.CaseShapes.pixels;

import java.util.ArrayList;
import java.util.List;
import org.cryonext.engine.cases.CaseInput.Kind;
import org.cryonext.engine.op.Add;
import org.cryonext.engine.op.DropPath;
import org.cryonext.engine.op.Dropout;
import org.cryonext.engine.op.Fill;
import org.cryonext.engine.op.Gelu;
import org.cryonext.engine.op.GeluGradient;
import org.cryonext.engine.op.GlobalAveragePool;
import org.cryonext.engine.op.GlobalAveragePoolGradient;
import org.cryonext.engine.op.Residual;
import org.cryonext.engine.op.ResidualGradient;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/** Operators without sums, and the pooling at the end, at work. */
final class PointwiseCases {
    private PointwiseCases() {}

    static List<OpLine> lines() {
        return List.of(
                gelu(),
                geluGradient(),
                residual(),
                residualGradient(),
                add(),
                dropout(),
                dropPath(),
                fill(),
                pool(),
                poolGradient());
    }

    private static OpLine gelu() {
        return pixels(s -> OpCase.of(new Gelu(false), s), s -> OpCase.of(new Gelu(true), s));
    }

    private static OpLine geluGradient() {
        return pixels(
                s -> OpCase.of(new GeluGradient(false), normal(s.type().shape().toArray()), s),
                s -> OpCase.of(new GeluGradient(true), normal(s.type().shape().toArray()), s));
    }

    private static OpLine residual() {
        return pixels(
                s -> OpCase.of(new Residual(), s, normal(s.type().shape().toArray())),
                s -> OpCase.of(
                        new Residual(),
                        s,
                        normal(s.type().shape().toArray()),
                        normal(s.type().shape().channels()),
                        of(Kind.KEEP, s.type().shape().dim(0))));
    }

    private static OpLine residualGradient() {
        return pixels(
                s -> OpCase.of(
                        new ResidualGradient(),
                        s,
                        null,
                        null,
                        of(Kind.KEEP, s.type().shape().dim(0))),
                s -> OpCase.of(
                        new ResidualGradient(),
                        s,
                        normal(s.type().shape().toArray()),
                        normal(s.type().shape().channels())),
                s -> OpCase.of(
                        new ResidualGradient(),
                        s,
                        normal(s.type().shape().toArray()),
                        normal(s.type().shape().channels()),
                        of(Kind.KEEP, s.type().shape().dim(0))));
    }

    private static OpLine add() {
        return pixels(s -> OpCase.of(new Add(), s, normal(s.type().shape().toArray())));
    }

    private static OpLine dropout() {
        return pixels(s -> OpCase.of(new Dropout(0.3, 5), s, seed()));
    }

    private static OpLine dropPath() {
        return new OpLine(List.of(dropPath(1), dropPath(5)), List.of(dropPath(BATCH)));
    }

    private static OpCase dropPath(long samples) {
        return OpCase.of(new DropPath(0.4, 3, TensorType.f32(samples)), seed());
    }

    private static OpLine fill() {
        return new OpLine(List.of(fill(3, 5)), List.of(fill(BATCH, SIDES[0], SIDES[0], WIDTHS[0])));
    }

    private static OpCase fill(long... dims) {
        return OpCase.of(new Fill(TensorType.f32(dims), 0.75));
    }

    private static OpLine pool() {
        OpLine line = pixels(s -> OpCase.of(new GlobalAveragePool(), s));
        return new OpLine(line.tests(), List.of(OpCase.of(new GlobalAveragePool(), normal(BATCH, 7, 7, 768))));
    }

    private static OpLine poolGradient() {
        List<OpCase> tests = new ArrayList<>();
        for (long[] image : IMAGES) {
            tests.add(OpCase.of(new GlobalAveragePoolGradient(Shape.of(image)), normal(image[0], image[3])));
        }
        return new OpLine(
                tests,
                List.of(OpCase.of(new GlobalAveragePoolGradient(Shape.of(BATCH, 7, 7, 768)), normal(BATCH, 768))));
    }
}
