/** A run's network applied to particles of unknown class. Begin with {@link org.cryonext.cryoet.classify.Classifier}. */
package org.cryonext.cryoet.classify;
