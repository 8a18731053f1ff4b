/** Models out of whatever file they are in. */
package org.cryonext.models.load;
