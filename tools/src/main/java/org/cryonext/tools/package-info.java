/** Root package of the tools module. */
package org.cryonext.tools;
