/**
 * The backend that judges the others: plain loops in double precision, one file a family of operators, no cleverness.
 */
package org.cryonext.engine.backend.reference;
