/** What the density around a particle says of its size: begin with {@link org.cryonext.cryoet.profile.RadialProfile}. */
package org.cryonext.cryoet.profile;
