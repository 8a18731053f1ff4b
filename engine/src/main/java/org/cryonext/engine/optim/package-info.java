/** Puts the update of the parameters into a training graph. Begin with {@link org.cryonext.engine.optim.Optimizer}. */
package org.cryonext.engine.optim;
