/** Tomograms: MRC files read memory-mapped and written slice by slice, and volumes held in memory. */
package org.cryonext.cryoet.volume;
