package org.cryonext.cryoet.study;

import java.util.List;
import org.cryonext.cryoet.run.Fusion;
import org.cryonext.cryoet.triplet.Borders;

/**
 * Something a trained network is asked.
 *
 * @param name of the evaluation's folder in the run's
 * @param tomograms whose particles are asked about
 * @param borders which particles count
 * @param fusion how the views become one answer
 */
record Question(String name, List<String> tomograms, Borders borders, Fusion fusion) {}
