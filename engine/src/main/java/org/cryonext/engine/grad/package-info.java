/** Adds gradients to a graph and finds the part of it that never changes while training. */
package org.cryonext.engine.grad;
