/** The folder that a training run leaves behind. Begin with {@link org.cryonext.cryoet.run.RunFolder}. */
package org.cryonext.cryoet.run;
