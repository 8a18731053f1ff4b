/** Measurements: kernels by JMH ({@link KernelBenchmarks}) and whole models ({@link ModelBenchmarks}). */
package org.cryonext.bench;
