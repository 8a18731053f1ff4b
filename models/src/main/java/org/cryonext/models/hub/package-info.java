/**
 * Published weights from the Hugging Face hub: a catalogue of names, downloads that survive bad networks, and the cache
 * that Hugging Face's own libraries use. Start with {@link org.cryonext.models.hub.Hub}.
 */
package org.cryonext.models.hub;
