/**
 * What models would take on cards that are not there: launches and bytes from the cuda backend's own plans, times from data
 * sheets and stated efficiencies. Begin with {@link org.cryonext.bench.paper.PaperRoofline}.
 */
package org.cryonext.bench.paper;
