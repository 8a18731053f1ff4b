/** A run's network applied to a data set of known classes. Begin with {@link org.cryonext.cryoet.evaluation.Evaluator}. */
package org.cryonext.cryoet.evaluation;
