package org.cryonext.cryoet.run;

/**
 * How a run came about.
 *
 * @param command that begins the same training
 * @param hardware it was begun on
 * @param begun date and time, local
 */
public record Provenance(String command, String hardware, String begun) {}
