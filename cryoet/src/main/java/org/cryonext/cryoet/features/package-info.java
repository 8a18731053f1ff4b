/** What a network makes of particles before it names them, seen as points: {@link org.cryonext.cryoet.features.PrincipalPlane}. */
package org.cryonext.cryoet.features;
