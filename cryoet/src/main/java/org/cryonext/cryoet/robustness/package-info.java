/**
 * How well a run's answers stand what differs from its training data: noise, defocus, missing wedge, inexact positions.
 * Begin with {@link org.cryonext.cryoet.robustness.RobustnessStudy}.
 */
package org.cryonext.cryoet.robustness;
