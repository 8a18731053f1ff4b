/** A run's network applied to a data set of known classes. Begin with {@link org.cryonext.cryoet.evaluate.Evaluator}. */
package org.cryonext.cryoet.evaluate;
