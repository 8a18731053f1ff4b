/** Folders of tomograms with their particles: the layout of SHREC 2020. */
package org.cryonext.cryoet.dataset;
