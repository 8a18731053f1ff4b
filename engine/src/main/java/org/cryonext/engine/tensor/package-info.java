/** Shapes, element types and dense blocks of memory: what every other package speaks about. */
package org.cryonext.engine.tensor;
