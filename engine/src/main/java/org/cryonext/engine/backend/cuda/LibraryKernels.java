package org.cryonext.engine.backend.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.cryonext.engine.backend.MemoryException;
import org.cryonext.engine.backend.Usage;
import org.cryonext.engine.backend.cuda.driver.Cublas;
import org.cryonext.engine.backend.cuda.driver.CudaException;
import org.cryonext.engine.backend.cuda.driver.CudaLibrary;
import org.cryonext.engine.backend.cuda.driver.Cudnn;
import org.cryonext.engine.backend.cuda.tune.Candidate;
import org.cryonext.engine.backend.cuda.tune.Libraries;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.io.InputException;

/** The kernels of NVIDIA's libraries, each opened when something of it is first wanted. */
final class LibraryKernels {
    private static final String CUBLAS = "cublas ";

    /** Beginning of the names of cuDNN's kernels. */
    static final String CUDNN = "cudnn ";

    private final Libraries allowed;
    private final Library<CublasKernels> cublas;
    private final Library<CudnnKernels> cudnn;

    /** @param pieceBytes of cuBLAS's products */
    LibraryKernels(CardKernels kernels, GemmKernels gemms, boolean tf32, Libraries allowed, long pieceBytes) {
        this.allowed = allowed;
        cublas = new Library<>(
                () -> new CublasKernels(kernels, gemms, Cublas.open(kernels.context()), tf32, pieceBytes));
        cudnn = new Library<>(() ->
                new CudnnKernels(kernels, gemms, Cudnn.open(kernels.context()), tf32, allowed == Libraries.CUDNN));
    }

    /** A library that may be missing. */
    private static final class Library<T> {
        private final Supplier<T> opener;
        private T opened;
        private RuntimeException failure;

        Library(Supplier<T> opener) {
            this.opener = opener;
        }

        Optional<T> get() {
            if (opened == null && failure == null) {
                try {
                    opened = opener.get();
                } catch (InputException | CudaException | MemoryException e) {
                    failure = e;
                }
            }
            return Optional.ofNullable(opened);
        }

        T require() {
            return get().orElseThrow(() -> new InputException(failure.getMessage(), failure));
        }
    }

    /** Whether a kernel of this name is a library's. */
    static boolean isOne(String name) {
        return name.startsWith(CUBLAS) || name.startsWith(CUDNN);
    }

    /**
     * Makes sure that a library that is to be used wherever it can is there.
     *
     * @throws InputException if it is not
     */
    void require() {
        if (allowed == Libraries.CUBLAS) {
            cublas.require();
        } else if (allowed == Libraries.CUDNN) {
            cudnn.require();
        }
    }

    /** Opens what may be used, and says of each library whether that works. */
    SortedMap<String, String> states() {
        SortedMap<String, String> states = new TreeMap<>();
        states.put(CudaLibrary.CUBLAS.toString(), state(Libraries.CUBLAS, cublas));
        states.put(CudaLibrary.CUDNN.toString(), state(Libraries.CUDNN, cudnn));
        return states;
    }

    private String state(Libraries one, Library<?> library) {
        if (!allowed.allows(one)) {
            return "not to be used, by -D" + Libraries.PROPERTY + "=" + allowed;
        }
        return library.get().isPresent() ? "works on this card" + refusals(one) : library.failure.getMessage();
    }

    private String refusals(Libraries one) {
        List<String> reasons = one == Libraries.CUDNN ? cudnn.opened.refusals() : List.of();
        return reasons.isEmpty() ? "" : ", with errors: " + String.join("; ", reasons);
    }

    /** Those for a node, of the libraries that may be used and are there. */
    List<Candidate> candidates(Node node, Usage usage) {
        List<Candidate> all = new ArrayList<>();
        if (allowed.allows(Libraries.CUBLAS)) {
            all.addAll(ofCublas(node, usage));
        }
        if (allowed.allows(Libraries.CUDNN)) {
            all.addAll(ofCudnn(node, usage));
        }
        return all;
    }

    /** The one of this name; none where its library is not there, not in this version, or may not be used. */
    Optional<Candidate> named(String name, Node node, Usage usage) {
        List<Candidate> all = name.startsWith(CUBLAS) && allowed.allows(Libraries.CUBLAS)
                ? ofCublas(node, usage)
                : name.startsWith(CUDNN) && allowed.allows(Libraries.CUDNN) ? ofCudnn(node, usage) : List.of();
        return all.stream().filter(candidate -> candidate.name().equals(name)).findFirst();
    }

    private List<Candidate> ofCublas(Node node, Usage usage) {
        return cublas.get().stream()
                .flatMap(library -> library.kernel(node, usage).stream()
                        .map(kernel -> new Candidate(CUBLAS + library.version(), kernel)))
                .toList();
    }

    private List<Candidate> ofCudnn(Node node, Usage usage) {
        return cudnn.get().map(library -> library.candidates(node, usage)).orElse(List.of());
    }
}
