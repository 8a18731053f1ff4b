/** Trained networks as files for other programs. Begin with {@link org.cryonext.cryoet.export.Exporter}. */
package org.cryonext.cryoet.export;
