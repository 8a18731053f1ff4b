package org.cryonext.bench.gpu;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * What a proof on a card does.
 *
 * @param device number of the card
 * @param parts what is done
 * @param quick a share of the cases, and models and kernels in fewer sizes
 * @param filter text that an operator's case must contain; empty for all
 * @param seconds about how long it may take in all
 * @param kernels folder of compiled kernels; without it those are used that the program finds
 * @param goldens folder of small models with PyTorch's tensors; without it these are left out
 * @param out folder of the report
 */
public record GpuSettings(
        int device,
        Set<GpuPart> parts,
        boolean quick,
        String filter,
        double seconds,
        Optional<Path> kernels,
        Optional<Path> goldens,
        Path out) {}
