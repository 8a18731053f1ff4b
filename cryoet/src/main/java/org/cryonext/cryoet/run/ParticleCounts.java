package org.cryonext.cryoet.run;

/**
 * How many particles a run has.
 *
 * @param train particles that train
 * @param validation particles that validate
 */
public record ParticleCounts(int train, int validation) {}
