/**
 * The scoring of the SHREC contests: particles that were located and classified against the ground truth. Begin with {@link
 * org.cryonext.cryoet.score.ShrecScorer}.
 */
package org.cryonext.cryoet.score;
