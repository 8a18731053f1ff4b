package org.cryonext.bench.pair;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;

/** The programs that a model is measured beside. */
public final class Peers {
    private final List<Peer> all;

    private Peers(List<Peer> all) {
        this.all = all;
    }

    /** Nobody: this engine alone. */
    public static Peers none() {
        return new Peers(List.of());
    }

    /**
     * ONNX Runtime and PyTorch, for inference; fetched by Maven if they are not there yet.
     *
     * @throws InputException if they cannot be fetched, or this system is not Linux on x86-64
     */
    public static Peers ofInference(Progress progress) {
        String system = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        if (!system.toLowerCase(Locale.ROOT).equals("linux amd64")) {
            throw new InputException("The programs to be measured beside are fetched for Linux on x86-64 only, and this"
                    + " is " + system);
        }
        PeerLibraries libraries = PeerLibraries.ready(progress);
        return new Peers(List.of(JavaPeer.onnxRuntime(libraries), JavaPeer.pyTorch(libraries)));
    }

    /**
     * PyTorch in Python, for training.
     *
     * @param python an interpreter that has torch
     */
    public static Peers ofTraining(Path python) {
        return new Peers(List.of(new PythonPeer(python)));
    }

    /** For tests: programs that are given by themselves. */
    static Peers of(Peer... peers) {
        return new Peers(List.of(peers));
    }

    List<Peer> all() {
        return all;
    }
}
