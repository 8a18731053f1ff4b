/** Runs planned graphs. Begin with {@link org.cryonext.engine.runtime.Program}. */
package org.cryonext.engine.runtime;
