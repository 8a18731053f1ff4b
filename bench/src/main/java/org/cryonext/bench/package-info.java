/**
 * Measurements: kernels by JMH ({@link org.cryonext.bench.KernelBenchmarks}), whole models ({@link
 * org.cryonext.bench.pair.ModelBenchmark}), whole trainings ({@link org.cryonext.bench.recipe.RecipeBenchmark}).
 */
package org.cryonext.bench;
