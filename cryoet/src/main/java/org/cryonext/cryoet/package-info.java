/** Root package of the cryoet module. */
package org.cryonext.cryoet;
