/**
 * What the engine can compute: one record an operator, with its inputs, shape rule, gradient rule and cost. Begin with
 * {@link org.cryonext.engine.op.Op}; {@link org.cryonext.engine.op.LayerNorm} is a typical one. Kernels live in the
 * backends.
 */
package org.cryonext.engine.op;
