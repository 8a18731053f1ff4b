/** Decides before anything runs where every value of a graph lies in memory. */
package org.cryonext.engine.plan;
