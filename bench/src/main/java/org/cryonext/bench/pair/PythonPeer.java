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
        return PyTorchMemory.VARIABLES;
    }

    @Override
    public List<String> command(Path folder, ModelSettings settings, String layout) {
        return List.of(
                python.toString(),
                SourceTree.root().resolve("tools/python/bench_torch.py").toString(),
                folder.toString(),
                settings.mode().toString(),
                String.valueOf(settings.threads()),
                layout);
    }
}
