package org.cryonext.cryoet.study;

/**
 * One of the trainings of the fair protocol.
 *
 * @param network what was trained
 * @param fold whose tomograms validate, from 0
 * @param seed of everything random
 */
record FairRun(Trained network, int fold, long seed) {}
