/** Particle lists: SHREC 2020 text, STAR, CSV and TSV read into one form and written back. */
package org.cryonext.cryoet.particle;
