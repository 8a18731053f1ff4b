/**
 * Reads the weights out of what {@code torch.save} writes: a zip archive with a pickle and the tensors' bytes. Nothing
 * in it is executed: the pickle may hold tensors, dictionaries, lists, strings and numbers, and nothing else.
 */
package org.cryonext.models.pickle;
