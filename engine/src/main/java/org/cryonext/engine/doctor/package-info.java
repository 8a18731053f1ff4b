/**
 * What this machine has for the engine to run on, and what would make it faster. Begin with {@link
 * org.cryonext.engine.doctor.Doctor}.
 */
package org.cryonext.engine.doctor;
