package org.cryonext.engine.plan;

/**
 * Where a value lies.
 *
 * @param slab which slab of the arena
 * @param offset bytes from its start
 */
public record Place(int slab, long offset) {}
