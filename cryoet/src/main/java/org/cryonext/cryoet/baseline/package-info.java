/**
 * Simple classifiers that a network has to beat, trained on the network's own training particles. Begin with {@link
 * org.cryonext.cryoet.baseline.Baselines}.
 */
package org.cryonext.cryoet.baseline;
