/** The whole road in one call, on simulated tomograms. Begin with {@link org.cryonext.cryoet.demo.Demo}. */
package org.cryonext.cryoet.demo;
