/** The deep-learning engine. Begin with {@link org.cryonext.engine.graph.Graph}. */
package org.cryonext.engine;
