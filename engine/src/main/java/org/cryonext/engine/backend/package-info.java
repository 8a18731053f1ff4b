/**
 * What a device must offer to run graphs: memory and a kernel for each operator. Begin with {@link
 * org.cryonext.engine.backend.Backend}.
 */
package org.cryonext.engine.backend;
