package org.cryonext.engine.backend.cuda.image;

import org.cryonext.engine.backend.cuda.driver.CudaContext;

/**
 * What {@link CudaContext#load} takes.
 *
 * @param bytes a cubin or PTX
 * @param place the folder or program it comes from, for people
 * @param origin which file of that, for messages
 */
public record KernelImage(byte[] bytes, String place, String origin) {}
