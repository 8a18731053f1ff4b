/** Tomograms: MRC files read memory-mapped and written slice by slice, OME-Zarr images, and volumes held in memory. */
package org.cryonext.cryoet.volume;
