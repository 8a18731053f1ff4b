/** How the command line comes to run: its build, its heap, its JVM. */
package org.cryonext.tools.launch;
