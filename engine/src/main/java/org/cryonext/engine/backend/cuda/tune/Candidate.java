package org.cryonext.engine.backend.cuda.tune;

import org.cryonext.engine.backend.Kernel;

/**
 * One of several kernels that compute the same, though not to the same bits.
 *
 * @param name what it is, with the version of a library, for instance {@code ours 128x96} or {@code cublas 12.6.1}
 * @param kernel before it has memory
 */
public record Candidate(String name, Kernel kernel) {}
