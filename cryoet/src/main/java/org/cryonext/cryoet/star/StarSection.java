package org.cryonext.cryoet.star;

/** A part of a STAR block: one named value, or a table. */
public sealed interface StarSection permits StarPair, StarTable {}
