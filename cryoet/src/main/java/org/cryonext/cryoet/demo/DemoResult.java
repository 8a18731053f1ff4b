package org.cryonext.cryoet.demo;

import java.nio.file.Path;
import org.cryonext.cryoet.report.Result;

/**
 * What a demo came to.
 *
 * @param report the page
 * @param tomogram the one that neither network has seen
 * @param grandmodel what came of the network that was trained on grandmodels
 * @param reconstruction what came of the network that was trained on reconstructions
 * @param trainSeconds that the two trainings took together
 */
public record DemoResult(Path report, String tomogram, Result grandmodel, Result reconstruction, double trainSeconds) {}
