package org.cryonext.engine.cases;

import java.util.List;
import java.util.stream.Stream;

/**
 * Every operator at work. A new operator gets a line here and is thereby compared with the reference on every backend,
 * differentiated numerically, and timed.
 */
public final class OpCases {
    private OpCases() {}

    /** All lines. */
    public static List<OpLine> lines() {
        return Stream.of(
                        ProductCases.lines(),
                        ConvolutionCases.lines(),
                        NormCases.lines(),
                        PointwiseCases.lines(),
                        LossCases.lines(),
                        OptimizerCases.lines(),
                        PrimitiveCases.lines())
                .flatMap(List::stream)
                .toList();
    }

    /** The tests of all lines. */
    public static Stream<OpCase> tests() {
        return lines().stream().flatMap(line -> line.tests().stream());
    }

    /** The timings of all lines. */
    public static Stream<OpCase> timings() {
        return lines().stream().flatMap(line -> line.timings().stream());
    }
}
