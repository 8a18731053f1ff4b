/**
 * The paper's recipe as a whole, each time in a process of its own: this engine's training and PyTorch's, on the same data,
 * initial weights and batches. Begin with {@link org.cryonext.bench.recipe.RecipeBenchmark}.
 */
package org.cryonext.bench.recipe;
