/**
 * Whole models, each in a process of its own, alone or in turns with other programs on the same weights and images.
 * Begin with {@link org.cryonext.bench.pair.ModelBenchmark}.
 */
package org.cryonext.bench.pair;
