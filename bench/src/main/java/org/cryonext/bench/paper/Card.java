package org.cryonext.bench.paper;

import java.util.Optional;
import java.util.stream.Stream;
import org.cryonext.engine.backend.cuda.driver.Architecture;
import org.cryonext.engine.backend.cuda.driver.CudaDevice;

/**
 * Cards that are modelled. Peaks are the makers' ({@link CardPeaks}); beside them stands how much of them any kernel of ours
 * can reach, and where that figure comes from.
 */
public enum Card {
    /** Turing, 70 W. */
    T4(
            "T4",
            new Shape(75, 40, 64, 4, 16, 1590),
            220.0 / 320,
            1,
            24.0 / 65.1,
            "copies 220 of 320 GB/s (arXiv 1903.07486); products at most 24 TFLOP/s, which is what cuBLAS sustains within 70 W"
                    + " (forums.developer.nvidia.com/t/264462)"),
    /** Ampere, 80 GB, SXM. */
    A100("A100", new Shape(80, 108, 163, 40, 80, 1410), Constants.COPY, 1, 1, Constants.COPY_AS_H200),
    /** Ada. */
    RTX4090("RTX 4090", new Shape(89, 128, 99, 72, 24, 2520), Constants.COPY, 1, 1, Constants.COPY_AS_H200),
    /** Hopper, SXM. */
    H100("H100", new Shape(90, 132, 227, 50, 80, 1980), Constants.COPY, Constants.SYNC, 1, Constants.HOPPER),
    /** Hopper with more memory, the one that was measured. */
    H200("H200", new Shape(90, 132, 227, 60, 141, 1980), Constants.COPY, Constants.SYNC, 1, Constants.HOPPER);

    private final CardPeaks peaks;
    private final CudaDevice device;
    private final double copyShare;
    private final double tensorShare;
    private final double sustained;
    private final String source;

    /** What enum constants may name before they are there. */
    private static final class Constants {
        static final double COPY = 4253.0 / 4800;
        static final double SYNC = 0.629;
        static final String COPY_AS_H200 = "copies at 0.886 of the peak, as measured on an H200";
        static final String HOPPER = COPY_AS_H200
                + "; products by mma.sync at most at 0.629 of the peak, which is wgmma's (arXiv 2402.13499)";
    }

    /**
     * What a driver would say.
     *
     * @param architecture number of the architecture
     * @param multiprocessors how many
     * @param sharedKibibytes shared memory that a block may have
     * @param cacheMebibytes second-level cache
     * @param gigabytes memory
     * @param megahertz highest clock
     */
    private record Shape(
            int architecture,
            int multiprocessors,
            int sharedKibibytes,
            int cacheMebibytes,
            long gigabytes,
            int megahertz) {}

    /**
     * @param tensorShare of the data sheet's products, what the instructions in use can reach
     * @param sustained of that, what the card's power allows for long
     */
    Card(String name, Shape shape, double copyShare, double tensorShare, double sustained, String source) {
        this.peaks = CardPeaks.of(name).orElseThrow();
        this.copyShare = copyShare;
        this.tensorShare = tensorShare;
        this.sustained = sustained;
        this.source = source;
        int shared = shape.sharedKibibytes << 10;
        this.device = new CudaDevice(
                0,
                name,
                new Architecture(shape.architecture / 10, shape.architecture % 10),
                shape.gigabytes << 30,
                shape.multiprocessors,
                shared,
                shared + 1024,
                65536,
                shape.cacheMebibytes << 20,
                shape.megahertz * 1000,
                0,
                0,
                true);
    }

    /**
     * The one of these that a card is, by its name, its architecture and its number of multiprocessors; empty for any other, a
     * part of a card (MIG) among them.
     */
    public static Optional<Card> of(CudaDevice found) {
        Optional<CardPeaks> known = CardPeaks.of(found.name());
        return Stream.of(values())
                .filter(card -> known.equals(Optional.of(card.peaks)))
                .filter(card -> card.device.architecture().equals(found.architecture())
                        && card.device.multiprocessors() == found.multiprocessors())
                .findFirst();
    }

    /** The maker's figures. */
    public CardPeaks peaks() {
        return peaks;
    }

    /** As a driver would describe it. */
    public CudaDevice device() {
        return device;
    }

    /** 1e9 bytes a second that a copy reaches. */
    public double copyGigabytes() {
        return peaks.gigabytes() * copyShare;
    }

    /** 1e12 operations a second that the instructions in use could reach at best. */
    public double instructionTeraflops(String type) {
        return peak(type) * (type.equals("f32") ? 1 : tensorShare);
    }

    /** 1e12 operations a second of products that the card sustains, whatever the kernel. */
    public double sustainedTeraflops(String type) {
        return peak(type) * (type.equals("f32") ? 1 : sustained);
    }

    /** 1e12 operations a second of products by the data sheet. */
    public double peak(String type) {
        return switch (type) {
            case "f16", "bf16" -> peaks.half();
            case "tf32" -> peaks.tf32();
            default -> peaks.single();
        };
    }

    /** Where its shares of the peaks come from. */
    public String source() {
        return source;
    }
}
