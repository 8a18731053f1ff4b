package org.cryonext.engine.cases;

import static org.cryonext.engine.cases.CaseInput.labels;
import static org.cryonext.engine.cases.CaseInput.normal;
import static org.cryonext.engine.cases.CaseInput.of;
import static org.cryonext.engine.cases.CaseInput.seed;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.cryonext.engine.cases.CaseInput.Fill;
import org.cryonext.engine.op.Activation;
import org.cryonext.engine.op.AdamW;
import org.cryonext.engine.op.Add;
import org.cryonext.engine.op.ClipGradientNorm;
import org.cryonext.engine.op.DepthwiseConv;
import org.cryonext.engine.op.DepthwiseConvInputGradient;
import org.cryonext.engine.op.DepthwiseConvWeightGradient;
import org.cryonext.engine.op.DropPath;
import org.cryonext.engine.op.Dropout;
import org.cryonext.engine.op.ExponentialMovingAverage;
import org.cryonext.engine.op.Gelu;
import org.cryonext.engine.op.GeluGradient;
import org.cryonext.engine.op.GlobalAveragePool;
import org.cryonext.engine.op.GlobalAveragePoolGradient;
import org.cryonext.engine.op.Grn;
import org.cryonext.engine.op.GrnGradient;
import org.cryonext.engine.op.LayerNorm;
import org.cryonext.engine.op.LayerNormGradient;
import org.cryonext.engine.op.Linear;
import org.cryonext.engine.op.LinearInputGradient;
import org.cryonext.engine.op.LinearWeightGradient;
import org.cryonext.engine.op.PatchConv;
import org.cryonext.engine.op.PatchConvInputGradient;
import org.cryonext.engine.op.PatchConvWeightGradient;
import org.cryonext.engine.op.Residual;
import org.cryonext.engine.op.ResidualGradient;
import org.cryonext.engine.op.SoftmaxCrossEntropy;
import org.cryonext.engine.op.SoftmaxCrossEntropyGradient;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/**
 * Every operator at work. A new operator gets a line here and is thereby compared with the reference on every backend,
 * differentiated numerically, and timed.
 */
public final class OpCases {
    private static final double EPSILON = 1e-6;
    private static final double[] SCALES = {1, 1e-2, 1e-4};
    private static final int BATCH = 8;
    private static final int[] SIDES = {56, 28, 14, 7};
    private static final int[] WIDTHS = {96, 192, 384, 768};

    /** One pixel, one channel, channels around a vector's size, odd sizes, one sample. */
    private static final long[][] IMAGES = {
        {1, 1, 1, 1}, {1, 1, 1, 17}, {3, 5, 2, 1}, {2, 7, 7, 40}, {1, 65, 97, 5}, {3, 4, 4, 33}, {1, 3, 16, 64}
    };

    private OpCases() {}

    /** All lines. */
    public static List<OpLine> lines() {
        List<OpLine> lines = new ArrayList<>();
        lines.add(linear());
        lines.add(linearInputGradient());
        lines.add(linearWeightGradient());
        lines.add(patchConv());
        lines.add(patchConvInputGradient());
        lines.add(patchConvWeightGradient());
        lines.add(depthwise());
        lines.add(depthwiseInputGradient());
        lines.add(depthwiseWeightGradient());
        lines.add(layerNorm());
        lines.add(layerNormGradient());
        lines.add(pixels(s -> OpCase.of(new Gelu(false), s), s -> OpCase.of(new Gelu(true), s)));
        lines.add(geluGradient());
        lines.add(grn());
        lines.add(grnGradient());
        lines.add(residual());
        lines.add(residualGradient());
        lines.add(pixels(s -> OpCase.of(new Add(), s, normal(s.type().shape().toArray()))));
        lines.add(dropout());
        lines.add(new OpLine(List.of(dropPath(1), dropPath(5)), List.of()));
        lines.add(pool());
        lines.add(poolGradient());
        lines.add(loss());
        lines.add(lossGradient());
        lines.add(adamW());
        lines.add(clip());
        lines.add(average());
        lines.add(new OpLine(
                List.of(OpCase.of(new org.cryonext.engine.op.Fill(TensorType.f32(3, 5), 0.75))), List.of()));
        lines.addAll(PrimitiveCases.lines());
        return lines;
    }

    /** The tests of all lines. */
    public static Stream<OpCase> tests() {
        return lines().stream().flatMap(line -> line.tests().stream());
    }

    /** The timings of all lines. */
    public static Stream<OpCase> timings() {
        return lines().stream().flatMap(line -> line.timings().stream());
    }

    /** Elementwise and per-pixel operators: every image at every scale, timed at the width of the blocks' MLP. */
    @SafeVarargs
    private static OpLine pixels(Function<CaseInput, OpCase>... forms) {
        List<OpCase> tests = new ArrayList<>();
        List<OpCase> timings = new ArrayList<>();
        for (Function<CaseInput, OpCase> form : forms) {
            for (double scale : SCALES) {
                for (long[] image : IMAGES) {
                    tests.add(form.apply(normal(scale, image)));
                }
            }
            timings.add(form.apply(normal(BATCH, SIDES[0], SIDES[0], 4L * WIDTHS[0])));
        }
        return new OpLine(tests, timings);
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
                        new Linear(activation), x, weight, null, residual, normal(s[2]), of(Fill.KEEP, s[0])));
            }
        }
        tests.add(OpCase.of(
                new Linear(),
                normal(2, 3, 5, 24),
                normal(40, 24),
                normal(40),
                normal(2, 3, 5, 40),
                normal(40),
                of(Fill.KEEP, 2)));
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
        return new OpLine(
                tests,
                stages((side, w) -> List.of(
                        OpCase.of(new LinearInputGradient(), normal(BATCH, side, side, 4 * w), normal(0.02, 4 * w, w)),
                        OpCase.of(new LinearInputGradient(), normal(BATCH, side, side, w), normal(0.02, w, 4 * w)))));
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

    private static OpLine patchConv() {
        List<OpCase> tests = new ArrayList<>();
        for (double scale : SCALES) {
            tests.add(OpCase.of(new PatchConv(4), normal(scale, 1, 4, 4, 3), normal(1, 4, 4, 3), normal(1)));
            tests.add(OpCase.of(new PatchConv(4), normal(scale, 2, 65, 97, 3), normal(10, 4, 4, 3), normal(10)));
            tests.add(OpCase.of(new PatchConv(2), normal(scale, 3, 5, 7, 33), normal(17, 2, 2, 33), normal(17)));
        }
        tests.add(OpCase.of(new PatchConv(2), normal(1, 6, 4, 1), normal(40, 2, 2, 1)));
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

    private static OpLine layerNorm() {
        List<OpCase> tests = new ArrayList<>();
        for (long[] image : IMAGES) {
            long c = image[3];
            for (double scale : SCALES) {
                tests.add(OpCase.of(new LayerNorm(EPSILON), normal(scale, image), normal(c), normal(c)));
            }
            tests.add(OpCase.of(new LayerNorm(EPSILON), of(Fill.CONSTANT_ROWS, image), normal(c), normal(c)));
            tests.add(OpCase.of(new LayerNorm(1e-12), normal(image), normal(c), normal(c)));
        }
        tests.add(OpCase.of(new LayerNorm(EPSILON), of(Fill.OFFSET_ROWS, 2, 7, 7, 768), normal(768), normal(768)));
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
                new LayerNormGradient(EPSILON), normal(2, 7, 7, 768), of(Fill.OFFSET_ROWS, 2, 7, 7, 768), normal(768)));
        return new OpLine(
                tests,
                stages((side, w) -> List.of(OpCase.of(
                        new LayerNormGradient(EPSILON),
                        normal(BATCH, side, side, w),
                        normal(BATCH, side, side, w),
                        normal(w)))));
    }

    private static OpLine geluGradient() {
        return pixels(
                s -> OpCase.of(new GeluGradient(false), normal(s.type().shape().toArray()), s),
                s -> OpCase.of(new GeluGradient(true), normal(s.type().shape().toArray()), s));
    }

    private static OpLine grn() {
        return pixels(s -> {
            long c = s.type().shape().channels();
            return OpCase.of(new Grn(EPSILON), s, normal(c), normal(c));
        });
    }

    private static OpLine grnGradient() {
        return pixels(s -> OpCase.of(
                new GrnGradient(EPSILON),
                normal(s.type().shape().toArray()),
                s,
                normal(s.type().shape().channels())));
    }

    private static OpLine residual() {
        return pixels(
                s -> OpCase.of(new Residual(), s, normal(s.type().shape().toArray())),
                s -> OpCase.of(
                        new Residual(),
                        s,
                        normal(s.type().shape().toArray()),
                        normal(s.type().shape().channels()),
                        of(Fill.KEEP, s.type().shape().dim(0))));
    }

    private static OpLine residualGradient() {
        return pixels(
                s -> OpCase.of(
                        new ResidualGradient(),
                        s,
                        null,
                        null,
                        of(Fill.KEEP, s.type().shape().dim(0))),
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
                        of(Fill.KEEP, s.type().shape().dim(0))));
    }

    private static OpLine dropout() {
        return pixels(s -> OpCase.of(new Dropout(0.3, 5), s, seed()));
    }

    private static OpCase dropPath(long samples) {
        return OpCase.of(new DropPath(0.4, 3, TensorType.f32(samples)), seed());
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
                        of(Fill.POSITIVE, 21)));
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
                        of(Fill.POSITIVE, 21)));
            }
        }
        return new OpLine(
                tests,
                List.of(OpCase.of(new SoftmaxCrossEntropyGradient(0), normal(1), normal(96, 1000), labels(1000, 96))));
    }

    private static OpLine adamW() {
        List<OpCase> tests = new ArrayList<>();
        for (long[] dims : new long[][] {{1}, {17}, {33, 40}}) {
            for (CaseInput clip : new CaseInput[] {null, of(Fill.POSITIVE, 1)}) {
                tests.add(OpCase.of(
                        new AdamW(0.9, 0.999, 1e-8),
                        normal(dims),
                        normal(dims),
                        normal(dims),
                        of(Fill.POSITIVE, dims),
                        of(Fill.HYPER, 3),
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
                        of(Fill.POSITIVE, large),
                        of(Fill.HYPER, 3))));
    }

    private static OpLine clip() {
        return new OpLine(
                List.of(
                        OpCase.of(new ClipGradientNorm(1), normal(1)),
                        OpCase.of(new ClipGradientNorm(1), normal(1e-4, 5)),
                        OpCase.of(new ClipGradientNorm(0.5), normal(17), normal(33, 40), normal(3, 3, 3, 7))),
                List.of(OpCase.of(new ClipGradientNorm(1), normal(3072, 768), normal(768, 3072))));
    }

    private static OpLine average() {
        return new OpLine(
                List.of(
                        OpCase.of(new ExponentialMovingAverage(0.9), normal(1), normal(1)),
                        OpCase.of(new ExponentialMovingAverage(0.999), normal(33, 40), normal(33, 40))),
                List.of(OpCase.of(new ExponentialMovingAverage(0.999), normal(3072, 768), normal(3072, 768))));
    }

    private interface Stage {
        List<OpCase> cases(int side, long width);
    }

    private static List<OpCase> stages(Stage stage) {
        List<OpCase> cases = new ArrayList<>();
        for (int i = 0; i < SIDES.length; i++) {
            cases.addAll(stage.cases(SIDES[i], WIDTHS[i]));
        }
        return cases;
    }
}
