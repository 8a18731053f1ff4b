/**
 * Downloads that survive bad networks: they go on where they stopped, are tried again with growing pauses, show how far they
 * are, and are checked. Begin with {@link org.cryonext.models.download.PinnedDownload}; {@code models.hub} has more of them.
 */
package org.cryonext.models.download;
