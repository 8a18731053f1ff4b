package org.cryonext.cryoet.report;

import java.util.List;

/**
 * A figure against some values, with what a reader needs beside it.
 *
 * @param id name of its place on the page: letters, digits and {@code -}
 * @param title heading
 * @param axis what the values are, with their unit
 * @param values as they stand on the axis, at equal distances; at least one
 * @param marked place of the value that stands out, from 0
 * @param measure what the curves show; between 0 and 1
 * @param curves one or more, with a point for each value
 * @param reading how to read it, a sentence or two
 * @param table the numbers
 */
public record CurveChart(
        String id,
        String title,
        String axis,
        List<String> values,
        int marked,
        String measure,
        List<Curve> curves,
        String reading,
        ReportTable table) {

    /** @throws IllegalArgumentException where a curve has another number of points than there are values */
    public CurveChart {
        values = List.copyOf(values);
        curves = List.copyOf(curves);
        for (Curve curve : curves) {
            if (curve.points().size() != values.size()) {
                throw new IllegalArgumentException(
                        curve.name() + " has " + curve.points().size() + " points for " + values.size() + " values");
            }
        }
    }
}
