/**
 * ConvNeXt V1 and V2: configuration, the list of parameters with their names, initial values, and the engine graph.
 * Start with {@link org.cryonext.models.convnext.ConvNextConfig}.
 */
package org.cryonext.models.convnext;
