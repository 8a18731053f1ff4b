/**
 * Judges the engine by tensors that PyTorch computed from the same weights. Start with
 * {@link org.cryonext.models.compare.Compare}.
 */
package org.cryonext.models.compare;
