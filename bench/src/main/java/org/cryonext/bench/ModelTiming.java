package org.cryonext.bench;

/**
 * The speed of a whole model.
 *
 * @param model for instance {@code convnext-tiny}
 * @param mode {@code infer} or {@code train_full}
 * @param batch images in a batch
 * @param threads worker threads
 * @param median images a second, median over runs
 * @param slowest images a second of the slowest run
 * @param fastest images a second of the fastest run
 * @param planMegabytes memory of the plan and its variables, 1e6 bytes
 */
public record ModelTiming(
        String model,
        String mode,
        int batch,
        int threads,
        double median,
        double slowest,
        double fastest,
        double planMegabytes) {}
