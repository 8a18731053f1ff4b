/** STAR files as RELION writes them: every block and column kept, so that a file can be written back with more. */
package org.cryonext.cryoet.star;
