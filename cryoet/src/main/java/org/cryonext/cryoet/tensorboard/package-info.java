/** Event files, which TensorBoard shows. */
package org.cryonext.cryoet.tensorboard;
