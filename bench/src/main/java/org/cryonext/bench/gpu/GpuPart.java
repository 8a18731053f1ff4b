package org.cryonext.bench.gpu;

import java.util.Locale;

/** What a proof on a card consists of. */
public enum GpuPart {
    /** Every operator against the reference backend, in every element type. */
    CASES,
    /** Whole models against PyTorch's tensors and against the cpu backend. */
    MODELS,
    /** How long kernels and models take. */
    TIMINGS,
    /** How long products take in tiles of each shape: for choosing among them. */
    TILES;

    /** In lower case, as options and reports name it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
