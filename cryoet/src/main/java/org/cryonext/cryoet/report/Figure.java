package org.cryonext.cryoet.report;

/**
 * A chart of the report, drawn for light and for dark pages.
 *
 * @param name file name without its ending
 * @param description what a reader who cannot see it needs to know
 */
record Figure(String name, String description, Picture light, Picture dark) {}
