package org.cryonext.cryoet.report;

import java.util.List;
import org.cryonext.cryoet.metrics.Estimate;

/**
 * A line of a chart, with the intervals of its points.
 *
 * @param name for the legend
 * @param points one for each value on the chart's axis
 */
public record Curve(String name, List<Estimate> points) {

    /** Copies the list. */
    public Curve {
        points = List.copyOf(points);
    }
}
