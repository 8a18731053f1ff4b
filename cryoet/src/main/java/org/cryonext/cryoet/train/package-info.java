/** Training of a network on the particles of tomograms. Begin with {@link org.cryonext.cryoet.train.Trainer}. */
package org.cryonext.cryoet.train;
