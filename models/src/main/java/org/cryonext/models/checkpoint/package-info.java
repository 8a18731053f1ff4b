/**
 * Checkpoints: folders in Hugging Face's layout ({@code model.safetensors}, {@code config.json},
 * {@code preprocessor_config.json}) and single weight files of other libraries. Start with
 * {@link org.cryonext.models.checkpoint.Checkpoint}.
 */
package org.cryonext.models.checkpoint;
