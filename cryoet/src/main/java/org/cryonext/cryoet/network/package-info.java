/** A trained network applied to particles. Begin with {@link org.cryonext.cryoet.network.Scorer}. */
package org.cryonext.cryoet.network;
