/**
 * How a process that is timed answers the one that times it. These sources are compiled into the project {@code bench/peers},
 * too, so they use the JDK alone. Start with {@link org.cryonext.bench.protocol.Server}.
 */
package org.cryonext.bench.protocol;
