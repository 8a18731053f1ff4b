/** The README of a run's folder: what it is, and how good. Begin with {@link org.cryonext.cryoet.card.ModelCard}. */
package org.cryonext.cryoet.card;
