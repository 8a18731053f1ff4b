/**
 * The programs that CryoNeXt is measured beside, each in a process of its own: {@link org.cryonext.peers.OnnxRuntime} and
 * {@link org.cryonext.peers.PyTorch} answer the commands that {@link org.cryonext.peers.Commands} reads. What they
 * compute lies in a folder that CryoNeXt has written.
 */
package org.cryonext.peers;
