/**
 * Runs graphs on NVIDIA's cards: memory, a kernel for each operator, and which of the kernels in {@code kernels/*.cu} it
 * launches in which shape. Begin with {@link org.cryonext.engine.backend.cuda.CudaBackend}.
 */
package org.cryonext.engine.backend.cuda;
