package org.cryonext.engine.cases;

import static org.cryonext.engine.cases.CaseInput.normal;
import static org.cryonext.engine.cases.CaseShapes.BATCH;
import static org.cryonext.engine.cases.CaseShapes.IMAGES;
import static org.cryonext.engine.cases.CaseShapes.SCALES;
import static org.cryonext.engine.cases.CaseShapes.SIDES;
import static org.cryonext.engine.cases.CaseShapes.WIDTHS;
import static org.cryonext.engine.cases.CaseShapes.stages;

import java.util.ArrayList;
import java.util.List;
import org.cryonext.engine.op.DepthwiseConv;
import org.cryonext.engine.op.DepthwiseConvInputGradient;
import org.cryonext.engine.op.DepthwiseConvWeightGradient;
import org.cryonext.engine.op.DepthwiseNorm;
import org.cryonext.engine.op.PatchConv;
import org.cryonext.engine.op.PatchConvInputGradient;
import org.cryonext.engine.op.PatchConvWeightGradient;

/** Patch and depthwise convolutions and their gradients at work. */
final class ConvolutionCases {
    private ConvolutionCases() {}

    static List<OpLine> lines() {
        return List.of(
                patchConv(),
                patchConvInputGradient(),
                patchConvWeightGradient(),
                depthwise(),
                depthwiseNorm(),
                depthwiseInputGradient(),
                depthwiseWeightGradient());
    }

    private static OpLine patchConv() {
        List<OpCase> tests = new ArrayList<>();
        for (double scale : SCALES) {
            tests.add(OpCase.of(new PatchConv(4), normal(scale, 1, 4, 4, 3), normal(1, 4, 4, 3), normal(1)));
            tests.add(OpCase.of(new PatchConv(4), normal(scale, 2, 65, 97, 3), normal(10, 4, 4, 3), normal(10)));
            tests.add(OpCase.of(new PatchConv(2), normal(scale, 3, 5, 7, 33), normal(17, 2, 2, 33), normal(17)));
        }
        tests.add(OpCase.of(new PatchConv(2), normal(1, 6, 4, 1), normal(40, 2, 2, 1)));
        tests.add(OpCase.of(new PatchConv(2), normal(2, 4, 4, 8), normal(10, 2, 2, 8), normal(10)));
        tests.add(OpCase.of(new PatchConv(3), normal(1, 8, 7, 2), normal(5, 3, 3, 2), normal(5)));
        List<OpCase> timings = new ArrayList<>();
        timings.add(OpCase.of(new PatchConv(4), normal(BATCH, 224, 224, 3), normal(0.02, 96, 4, 4, 3), normal(96)));
        for (int i = 0; i < 3; i++) {
            timings.add(OpCase.of(
                    new PatchConv(2),
                    normal(BATCH, SIDES[i], SIDES[i], WIDTHS[i]),
                    normal(0.02, WIDTHS[i + 1], 2, 2, WIDTHS[i]),
                    normal(WIDTHS[i + 1])));
        }
        return new OpLine(tests, timings);
    }

    private static OpLine patchConvInputGradient() {
        List<OpCase> tests = new ArrayList<>();
        for (double scale : SCALES) {
            tests.add(OpCase.of(new PatchConvInputGradient(4, 4, 4), normal(scale, 1, 1, 1, 1), normal(1, 4, 4, 3)));
            tests.add(OpCase.of(
                    new PatchConvInputGradient(4, 65, 97), normal(scale, 1, 16, 24, 10), normal(10, 4, 4, 3)));
            tests.add(OpCase.of(new PatchConvInputGradient(2, 5, 7), normal(scale, 3, 2, 3, 17), normal(17, 2, 2, 33)));
        }
        return new OpLine(
                tests,
                List.of(OpCase.of(
                        new PatchConvInputGradient(2, 56, 56),
                        normal(BATCH, 28, 28, 192),
                        normal(0.02, 192, 2, 2, 96))));
    }

    private static OpLine patchConvWeightGradient() {
        List<OpCase> tests = new ArrayList<>();
        for (double scale : SCALES) {
            tests.add(OpCase.of(new PatchConvWeightGradient(4), normal(scale, 1, 1, 1, 1), normal(1, 4, 4, 3)));
            tests.add(OpCase.of(new PatchConvWeightGradient(4), normal(scale, 2, 16, 24, 10), normal(2, 65, 97, 3)));
            tests.add(OpCase.of(new PatchConvWeightGradient(2), normal(scale, 3, 2, 3, 17), normal(3, 5, 7, 33)));
        }
        return new OpLine(
                tests,
                List.of(
                        OpCase.of(
                                new PatchConvWeightGradient(4), normal(BATCH, 56, 56, 96), normal(BATCH, 224, 224, 3)),
                        OpCase.of(
                                new PatchConvWeightGradient(2),
                                normal(BATCH, 28, 28, 192),
                                normal(BATCH, 56, 56, 96))));
    }

    private static OpLine depthwise() {
        List<OpCase> tests = new ArrayList<>();
        for (long[] image : IMAGES) {
            long c = image[3];
            for (double scale : SCALES) {
                tests.add(OpCase.of(new DepthwiseConv(7), normal(scale, image), normal(7, 7, c), normal(scale, c)));
            }
            tests.add(OpCase.of(new DepthwiseConv(3), normal(image), normal(3, 3, c), normal(c)));
            tests.add(OpCase.of(new DepthwiseConv(5), normal(image), normal(5, 5, c)));
        }
        tests.add(OpCase.of(new DepthwiseConv(7), normal(2, 14, 14, 48), normal(7, 7, 48), normal(48)));
        tests.add(OpCase.of(new DepthwiseConv(1), normal(2, 3, 3, 20), normal(1, 1, 20)));
        return new OpLine(
                tests,
                stages((side, w) -> List.of(
                        OpCase.of(new DepthwiseConv(7), normal(BATCH, side, side, w), normal(7, 7, w), normal(w)))));
    }

    /** Rows of whole vectors, as the kernel wants them; widths that fill no warp, and the widest. */
    private static OpLine depthwiseNorm() {
        List<OpCase> tests = new ArrayList<>();
        long[][] images = {
            {1, 1, 1, 8}, {3, 5, 2, 16}, {2, 7, 7, 40}, {1, 17, 23, 24}, {3, 4, 4, 104}, {1, 3, 16, 264}, {2, 9, 8, 384}
        };
        for (long[] image : images) {
            long c = image[3];
            for (double scale : SCALES) {
                tests.add(OpCase.of(
                        new DepthwiseNorm(7, 1e-6),
                        normal(scale, image),
                        normal(7, 7, c),
                        normal(scale, c),
                        normal(c),
                        normal(c)));
            }
        }
        tests.add(OpCase.of(
                new DepthwiseNorm(7, 1e-6), normal(2, 14, 14, 48), normal(7, 7, 48), null, normal(48), normal(48)));
        return new OpLine(
                tests,
                stages((side, w) -> w > 384
                        ? List.of()
                        : List.of(OpCase.of(
                                new DepthwiseNorm(7, 1e-6),
                                normal(BATCH, side, side, w),
                                normal(7, 7, w),
                                normal(w),
                                normal(w),
                                normal(w)))));
    }

    private static OpLine depthwiseInputGradient() {
        List<OpCase> tests = new ArrayList<>();
        for (long[] image : IMAGES) {
            tests.add(OpCase.of(new DepthwiseConvInputGradient(7), normal(image), normal(7, 7, image[3])));
            tests.add(OpCase.of(new DepthwiseConvInputGradient(3), normal(1e-4, image), normal(3, 3, image[3])));
        }
        return new OpLine(
                tests,
                stages((side, w) -> List.of(
                        OpCase.of(new DepthwiseConvInputGradient(7), normal(BATCH, side, side, w), normal(7, 7, w)))));
    }

    private static OpLine depthwiseWeightGradient() {
        List<OpCase> tests = new ArrayList<>();
        for (long[] image : IMAGES) {
            tests.add(OpCase.of(new DepthwiseConvWeightGradient(7), normal(image), normal(image)));
            tests.add(OpCase.of(new DepthwiseConvWeightGradient(3), normal(1e-4, image), normal(1e-2, image)));
        }
        return new OpLine(
                tests,
                stages((side, w) -> List.of(OpCase.of(
                        new DepthwiseConvWeightGradient(7),
                        normal(BATCH, side, side, w),
                        normal(BATCH, side, side, w)))));
    }
}
