/**
 * The engine's fast kernels for processors: the Vector API over {@code float[]}, on a fixed pool of threads.
 *
 * <p>Read {@link org.cryonext.engine.backend.cpu.CpuSpecies} first (vector width), then
 * {@link org.cryonext.engine.backend.cpu.MatrixProduct} (where most of the time of training goes) and
 * {@link org.cryonext.engine.backend.cpu.MlpKernels} (most of the time of a network that is used). Every sum's order is fixed by
 * the shapes, so results are equal bit for bit for any number of threads.
 */
package org.cryonext.engine.backend.cpu;
