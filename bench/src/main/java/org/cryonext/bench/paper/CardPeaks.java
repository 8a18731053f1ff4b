package org.cryonext.bench.paper;

import java.util.List;
import java.util.Optional;

/**
 * What the makers' data sheets promise of a card, without sparsity.
 *
 * @param name that the driver's name of the card contains
 * @param gigabytes 1e9 bytes a second of its memory
 * @param half 1e12 operations a second of products of f16 and bf16, sums in f32
 * @param tf32 of products of tf32; 0 where there are none
 * @param single of f32
 */
public record CardPeaks(String name, double gigabytes, double half, double tf32, double single) {
    /** The more special name first. */
    private static final List<CardPeaks> KNOWN = List.of(
            new CardPeaks("H200", 4800, 989.4, 494.7, 66.9),
            new CardPeaks("H100 PCIe", 2039, 756.4, 378.2, 51.2),
            new CardPeaks("H100 NVL", 3938, 835.4, 417.7, 60.3),
            new CardPeaks("H100", 3352, 989.4, 494.7, 66.9),
            new CardPeaks("A100-SXM4-40GB", 1555, 311.9, 156.0, 19.5),
            new CardPeaks("A100-PCIE-40GB", 1555, 311.9, 156.0, 19.5),
            new CardPeaks("A100", 2039, 311.9, 156.0, 19.5),
            new CardPeaks("L40S", 864, 362.1, 183.2, 91.6),
            new CardPeaks("L4", 300, 121.2, 60.6, 30.3),
            new CardPeaks("RTX 5090", 1792, 209.5, 104.8, 104.8),
            new CardPeaks("RTX 4090", 1008, 165.2, 82.6, 82.6),
            new CardPeaks("RTX 3090", 936, 71.2, 35.6, 35.6),
            new CardPeaks("T4", 320, 65.1, 0, 8.1));

    /** Those of a card by the driver's name of it. */
    public static Optional<CardPeaks> of(String card) {
        return KNOWN.stream().filter(peaks -> card.contains(peaks.name)).findFirst();
    }

    /**
     * Microseconds that work takes at least: its bytes or its operations, whichever takes longer.
     *
     * @param flops floating-point operations
     * @param bytes of its inputs and outputs
     * @param products whether the operations are products of matrices
     * @param precision what it computes in
     */
    public double microseconds(long flops, long bytes, boolean products, String precision) {
        double peak = !products
                ? single
                : switch (precision) {
                    case "f16", "bf16" -> half;
                    case "tf32" -> tf32;
                    default -> single;
                };
        return Math.max(bytes / gigabytes / 1e3, flops / peak / 1e6);
    }

    /** The same card with the bandwidth that was measured. */
    public CardPeaks withGigabytes(double measured) {
        return new CardPeaks(name, measured, half, tf32, single);
    }
}
