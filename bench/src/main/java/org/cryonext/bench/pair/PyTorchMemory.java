package org.cryonext.bench.pair;

import java.util.Map;

/** What a process of PyTorch is given so that it is at its best. */
public final class PyTorchMemory {
    /**
     * Lets glibc keep the memory of one operator's result for the next. Otherwise it is given back to the system and
     * faulted in anew every time, at a third of the speed. One arena, as those of threads other than the first (Java's
     * main thread is one) hold no piece above 64 MB.
     */
    public static final Map<String, String> VARIABLES = Map.of(
            "MALLOC_MMAP_MAX_", "0", "MALLOC_TRIM_THRESHOLD_", String.valueOf(1L << 40), "MALLOC_ARENA_MAX", "1");

    private PyTorchMemory() {}
}
