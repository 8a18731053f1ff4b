/**
 * From a kernel's source to something that a card can load: compiled ahead and kept in a folder or in the program's jar, or
 * compiled here by NVRTC and cached. Begin with {@link org.cryonext.engine.backend.cuda.image.KernelImages}.
 */
package org.cryonext.engine.backend.cuda.image;
