/**
 * The programs that CryoNeXt is measured beside, each in a process of its own: {@link org.cryonext.peers.OnnxRuntime} and
 * {@link org.cryonext.peers.PyTorch} answer as {@link org.cryonext.bench.protocol.Server} says, whose sources are those of
 * the module {@code bench}. What they compute lies in a folder that CryoNeXt has written.
 */
package org.cryonext.peers;
