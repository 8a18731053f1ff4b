package org.cryonext.engine.cases;

import static org.cryonext.engine.cases.CaseInput.normal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The sizes at which operators are tested, and those of ConvNeXt-tiny for 224 x 224 images, at which they are timed. */
final class CaseShapes {
    static final double EPSILON = 1e-6;
    static final double[] SCALES = {1, 1e-2, 1e-4};
    static final int BATCH = 8;
    static final int[] SIDES = {56, 28, 14, 7};
    static final int[] WIDTHS = {96, 192, 384, 768};

    /** One pixel, one channel, channels around a vector's size, odd sizes, one sample. */
    static final long[][] IMAGES = {
        {1, 1, 1, 1}, {1, 1, 1, 17}, {3, 5, 2, 1}, {2, 7, 7, 40}, {1, 65, 97, 5}, {3, 4, 4, 33}, {1, 3, 16, 64}
    };

    private CaseShapes() {}

    /** Elementwise and per-pixel operators: every image at every scale, timed at the width of the blocks' MLP. */
    @SafeVarargs
    static OpLine pixels(Function<CaseInput, OpCase>... forms) {
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

    /** The cases of one stage. */
    interface Stage {
        List<OpCase> cases(int side, long width);
    }

    /** Cases at the size of each stage. */
    static List<OpCase> stages(Stage stage) {
        List<OpCase> cases = new ArrayList<>();
        for (int i = 0; i < SIDES.length; i++) {
            cases.addAll(stage.cases(SIDES[i], WIDTHS[i]));
        }
        return cases;
    }
}
