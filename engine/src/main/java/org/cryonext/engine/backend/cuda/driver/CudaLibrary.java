package org.cryonext.engine.backend.cuda.driver;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A library of NVIDIA's that does what this program's own kernels do as well, found without JCuda and without a card. JCuda
 * takes one version of each: another is named, and not loaded unless the system property names it.
 */
public enum CudaLibrary {
    /** Matrix products. */
    CUBLAS(
            "cuBLAS",
            "cryonext.cublas",
            "cublas",
            12,
            List.of("libcublasLt.so.12", "libcublas.so.12"),
            List.of("cublasLt64_12.dll", "cublas64_12.dll"),
            List.of("libcublas.so.13", "libcublas.so.11", "cublas64_13.dll", "cublas64_11.dll")),

    /** Convolutions; version 9 is the same for CUDA 12 and 13. */
    CUDNN(
            "cuDNN",
            "cryonext.cudnn",
            "cudnn",
            9,
            List.of("libcudnn.so.9"),
            List.of("cudnn64_9.dll"),
            List.of("libcudnn.so.8", "cudnn64_8.dll"));

    private final String title;
    private final String property;
    private final String packaged;
    private final int major;
    private final List<String> files;
    private final List<String> others;

    CudaLibrary(
            String title,
            String property,
            String packaged,
            int major,
            List<String> linux,
            List<String> windows,
            List<String> others) {
        this.title = title;
        this.property = property;
        this.packaged = packaged;
        this.major = major;
        this.files = isWindows() ? windows : linux;
        this.others = others;
    }

    private static boolean isWindows() {
        return System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");
    }

    /**
     * A library that can be used.
     *
     * @param path its file, as the system's loader says where it knows
     * @param version for instance 12.6.1
     */
    public record Found(String path, String version) {
        private int major() {
            return Integer.parseInt(version.substring(0, version.indexOf('.')));
        }
    }

    /** What was found: a library, or a sentence why there is none. */
    public record Search(Optional<Found> found, String missing) {
        private static Search failed(String sentence) {
            return new Search(Optional.empty(), sentence);
        }
    }

    /** The system property that names its file, in place of looking for it. */
    public String property() {
        return property;
    }

    /** Looks for it, and leaves it loaded if it is there: JCuda's half finds it by its name then. */
    public Search search() {
        String forced = System.getProperty(property);
        if (forced != null) {
            return judge(forced, load(forced))
                    .orElseGet(() -> Search.failed("the system property " + property + " names " + forced + ", which "
                            + (Files.isRegularFile(Path.of(forced))
                                    ? "cannot be loaded or is another library"
                                    : "is no file")));
        }
        for (String candidate : candidates()) {
            Optional<Search> search = judge(candidate, load(candidate));
            if (search.isPresent()) {
                return search.orElseThrow();
            }
        }
        Optional<Search> other = another(folders());
        if (other.isPresent()) {
            return other.orElseThrow();
        }
        return Search.failed("not found: " + files.getLast() + " is neither where the system's loader looks nor in the"
                + " usual folders of CUDA and Python");
    }

    /** The loader's own name first, then files. */
    private List<String> candidates() {
        List<String> candidates = new ArrayList<>(List.of(files.getLast()));
        folders().stream()
                .map(folder -> folder.resolve(files.getLast()))
                .filter(Files::isRegularFile)
                .map(Path::toString)
                .forEach(candidates::add);
        return candidates;
    }

    private List<Path> folders() {
        return CudaFolders.of(System.getenv(), isWindows(), packaged);
    }

    /** A file of another version, by its name alone. */
    Optional<Search> another(List<Path> folders) {
        return folders.stream()
                .flatMap(folder -> others.stream().map(folder::resolve))
                .filter(Files::isRegularFile)
                .findFirst()
                .map(file -> Search.failed(file + " is not used: JCuda takes version " + major + " alone, so install "
                        + files.getLast() + " as well"));
    }

    private Optional<Search> judge(String file, Optional<SymbolLookup> library) {
        return library.flatMap(this::version).map(version -> {
            Found found = new Found(path(file).orElse(file), version);
            return found.major() == major
                    ? new Search(Optional.of(found), "")
                    : Search.failed("version " + version + " (" + found.path() + ") is not used: JCuda takes " + major
                            + " alone, so install " + files.getLast() + " as well");
        });
    }

    private Optional<SymbolLookup> load(String file) {
        Path folder = Path.of(file).getParent();
        if (folder != null) {
            // Parts that it needs and that lie beside it, where the loader does not look.
            files.subList(0, files.size() - 1).stream()
                    .map(folder::resolve)
                    .filter(Files::isRegularFile)
                    .forEach(part -> lookup(part.toString()));
        }
        return lookup(file);
    }

    private static Optional<SymbolLookup> lookup(String file) {
        try {
            return Optional.of(SymbolLookup.libraryLookup(file, Arena.global()));
        } catch (IllegalArgumentException e) {
            // Not there, or one of its own needs is not.
            return Optional.empty();
        }
    }

    private Optional<String> version(SymbolLookup library) {
        String function = this == CUBLAS ? "cublasGetProperty" : "cudnnGetVersion";
        return library.find(function).map(address -> {
            try {
                return this == CUBLAS ? cublas(address) : cudnn(address);
            } catch (Throwable e) {
                throw new IllegalStateException(function, e);
            }
        });
    }

    private static String cublas(MemorySegment function) throws Throwable {
        MethodHandle property = Linker.nativeLinker()
                .downcallHandle(
                        function,
                        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
        StringBuilder text = new StringBuilder();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
            for (int part = 0; part < 3; part++) {
                int result = (int) property.invokeExact(part, value);
                text.append(part == 0 ? "" : ".").append(result == 0 ? value.get(ValueLayout.JAVA_INT, 0) : 0);
            }
        }
        return text.toString();
    }

    private static String cudnn(MemorySegment function) throws Throwable {
        MethodHandle version =
                Linker.nativeLinker().downcallHandle(function, FunctionDescriptor.of(ValueLayout.JAVA_LONG));
        long number = (long) version.invokeExact();
        // 90501 is 9.5.1; before version 9 it was 8905 for 8.9.5.
        long unit = number >= 10_000 ? 10_000 : 1000;
        return number / unit + "." + number % unit / 100 + "." + number % 100;
    }

    /** Where the loader took it from, which only the system's own list of mappings says. */
    private static Optional<String> path(String file) {
        if (Path.of(file).isAbsolute()) {
            return Optional.of(file);
        }
        try (Stream<String> mappings = Files.lines(Path.of("/proc/self/maps"))) {
            return mappings.map(line -> line.substring(Math.max(0, line.indexOf('/'))))
                    .filter(path -> path.contains("/" + file))
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** As NVIDIA writes it. */
    @Override
    public String toString() {
        return title;
    }
}
