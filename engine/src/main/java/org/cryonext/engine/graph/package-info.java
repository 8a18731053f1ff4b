/**
 * Computations as graphs in single-assignment form. Begin with {@link org.cryonext.engine.graph.Graph}.
 */
package org.cryonext.engine.graph;
