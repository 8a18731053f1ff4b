/** Fourier transforms of many rows at once. */
package org.cryonext.cryoet.fourier;
