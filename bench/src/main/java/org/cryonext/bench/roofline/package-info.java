/** What each node of a program loses against the machine's ceilings: {@link org.cryonext.bench.roofline.Roofline}. */
package org.cryonext.bench.roofline;
