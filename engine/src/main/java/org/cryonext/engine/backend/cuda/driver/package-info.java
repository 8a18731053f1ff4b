/**
 * NVIDIA's driver seen from Java: devices, contexts, streams, memory, modules and launches, each an object with an explicit
 * end, each error one sentence. The only package that knows JCuda, and of CUDA only the driver API. Begin with {@link
 * org.cryonext.engine.backend.cuda.driver.CudaDriver}.
 */
package org.cryonext.engine.backend.cuda.driver;
