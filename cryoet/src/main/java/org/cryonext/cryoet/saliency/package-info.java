/** Which places of its images speak for a network's answer. Start with {@link org.cryonext.cryoet.saliency.GradCam}. */
package org.cryonext.cryoet.saliency;
