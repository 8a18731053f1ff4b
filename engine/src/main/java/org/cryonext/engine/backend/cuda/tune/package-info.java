/**
 * The choice among kernels that compute the same: what was measured on a card, and where it is kept. Begin with {@link
 * org.cryonext.engine.backend.cuda.tune.TuningSettings}.
 */
package org.cryonext.engine.backend.cuda.tune;
