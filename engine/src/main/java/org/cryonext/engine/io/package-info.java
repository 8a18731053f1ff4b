/** Files: crash-safe writing, safetensors, progress, and the error that tells a user what to do. */
package org.cryonext.engine.io;
