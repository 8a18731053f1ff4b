package org.cryonext.bench.pair;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.cryonext.bench.model.ModelSettings;

/**
 * PyTorch from Python, for training, which DJL does not run operator by operator.
 *
 * @param python the interpreter
 */
record PythonPeer(Path python) implements Peer {
    /**
     * Lets glibc keep the memory of one operator's result for the next. Otherwise it is given back to the system and
     * faulted in anew every time, at a third of the speed. One arena, as those of threads other than the first (Java's
     * main thread is one) hold no piece above 64 MB.
     */
    static final Map<String, String> PYTORCH_MEMORY = Map.of(
            "MALLOC_MMAP_MAX_", "0", "MALLOC_TRIM_THRESHOLD_", String.valueOf(1L << 40), "MALLOC_ARENA_MAX", "1");

    @Override
    public String column() {
        return "torch";
    }

    @Override
    public String name() {
        return "PyTorch";
    }

    @Override
    public List<String> layouts() {
        return List.of("contiguous", "channels_last");
    }

    @Override
    public Map<String, String> environment() {
        return PYTORCH_MEMORY;
    }

    @Override
    public List<String> command(Path folder, ModelSettings settings, String layout) {
        return List.of(
                python.toString(),
                PeerLibraries.sources().resolve("tools/python/bench_torch.py").toString(),
                folder.toString(),
                settings.mode().toString(),
                String.valueOf(settings.threads()),
                layout);
    }
}
