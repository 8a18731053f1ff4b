/** OME-Zarr images: arrays of Zarr 2 and 3, whose chunks are read where they are needed and kept in a cache of bounded size. */
package org.cryonext.cryoet.zarr;
