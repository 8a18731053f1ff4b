package org.cryonext.cryoet.demo;

import java.nio.file.Path;
import org.cryonext.cryoet.metrics.Metrics;

/**
 * What a demo came to.
 *
 * @param report the page
 * @param tomogram the one that neither network has seen
 * @param grandmodel figures of the network that was trained on grandmodels
 * @param reconstruction figures of the network that was trained on reconstructions
 * @param trainSeconds that the two trainings took together
 */
public record DemoResult(
        Path report, String tomogram, Metrics grandmodel, Metrics reconstruction, double trainSeconds) {}
