/**
 * Proves the cuda backend on a card, and times it there: {@link org.cryonext.bench.gpu.GpuProof}. The work is done in a
 * process of its own ({@link org.cryonext.bench.gpu.GpuWorker}), so that a kernel that ends its context, or never ends, costs
 * one task and not the run.
 */
package org.cryonext.bench.gpu;
