package org.cryonext.bench.pair;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.cryonext.bench.model.ModelSettings;

/** A program that is called from Java: inference only. */
record JavaPeer(
        String column,
        String name,
        String mainClass,
        List<String> layouts,
        PeerLibraries libraries,
        Map<String, String> environment)
        implements Peer {
    static JavaPeer onnxRuntime(PeerLibraries libraries) {
        return new JavaPeer(
                "ort", "ONNX Runtime", "org.cryonext.peers.OnnxRuntime", List.of("contiguous"), libraries, Map.of());
    }

    static JavaPeer pyTorch(PeerLibraries libraries) {
        return new JavaPeer(
                "torch",
                "PyTorch",
                "org.cryonext.peers.PyTorch",
                List.of("contiguous", "channels_last"),
                libraries,
                PyTorchMemory.VARIABLES);
    }

    @Override
    public List<String> command(Path folder, ModelSettings settings, String layout) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-DDJL_CACHE_DIR=" + libraries.cache(),
                "-DENGINE_CACHE_DIR=" + libraries.cache(),
                "-cp",
                libraries.classPath(),
                mainClass,
                folder.toString(),
                String.valueOf(settings.threads()),
                layout);
    }
}
