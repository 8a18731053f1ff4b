/** Root package of the bench module. */
package org.cryonext.bench;
