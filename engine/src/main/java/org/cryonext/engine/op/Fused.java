package org.cryonext.engine.op;

/**
 * Several operators in one, which no graph begins with: a pass makes it where the backend has a kernel for it and leaves the
 * parts elsewhere. Of these a backend may have none.
 */
public sealed interface Fused extends Op permits DepthwiseNorm, Mlp {}
