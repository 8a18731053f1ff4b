/** Root package of the models module. */
package org.cryonext.models;
