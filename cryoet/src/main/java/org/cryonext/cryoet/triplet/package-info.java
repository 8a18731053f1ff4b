/**
 * From a particle to what the network sees: slices of 48 x 48 pixels through it, as bytes, resized and normalised. The
 * road is {@link org.cryonext.cryoet.triplet.View} (which slices), {@link org.cryonext.cryoet.triplet.SliceCutter}
 * (volume to bytes), {@link org.cryonext.cryoet.triplet.Dihedral} (augmentation) and {@link
 * org.cryonext.cryoet.triplet.Preprocess} (bytes to the network's input).
 */
package org.cryonext.cryoet.triplet;
