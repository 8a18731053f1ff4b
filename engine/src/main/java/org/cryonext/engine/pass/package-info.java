/** Rewrites of graphs that leave the numbers as they are; each is one class with one public method. */
package org.cryonext.engine.pass;
