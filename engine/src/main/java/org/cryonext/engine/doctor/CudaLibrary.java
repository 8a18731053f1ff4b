package org.cryonext.engine.doctor;

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
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A library of NVIDIA's that has what this program's own kernels do as well.
 *
 * @param name for people
 * @param files its file's names, the preferred one first
 * @param version reads its version without touching a card
 */
record CudaLibrary(String name, List<String> files, Version version) {
    private static final boolean WINDOWS =
            System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");

    /** Matrix products. */
    static final CudaLibrary CUBLAS = new CudaLibrary(
            "cuBLAS",
            WINDOWS ? List.of("cublas64_12.dll", "cublas64_13.dll") : List.of("libcublas.so.12", "libcublas.so.13"),
            CudaLibrary::cublas);

    /** Convolutions; version 9 is the same for CUDA 12 and 13. */
    static final CudaLibrary CUDNN = new CudaLibrary(
            "cuDNN",
            WINDOWS ? List.of("cudnn64_9.dll", "cudnn64_8.dll") : List.of("libcudnn.so.9", "libcudnn.so.8"),
            CudaLibrary::cudnn);

    /** Asks a library. */
    @FunctionalInterface
    interface Version {
        String of(SymbolLookup library) throws Throwable;
    }

    /** Version and place, if the system's loader finds it. */
    Optional<String> find() {
        for (String file : files) {
            try {
                SymbolLookup library = SymbolLookup.libraryLookup(file, Arena.global());
                return Optional.of(version.of(library) + " (" + path(file).orElse(file) + ")");
            } catch (IllegalArgumentException e) {
                // Not there, or one of its own needs is not.
            } catch (Throwable e) {
                throw new IllegalStateException(name + " in " + file, e);
            }
        }
        return Optional.empty();
    }

    private static String cublas(SymbolLookup library) throws Throwable {
        MethodHandle property = Linker.nativeLinker()
                .downcallHandle(
                        library.findOrThrow("cublasGetProperty"),
                        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
        StringBuilder text = new StringBuilder();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
            for (int part = 0; part < 3; part++) {
                int result = (int) property.invokeExact(part, value);
                text.append(part == 0 ? "" : ".").append(result == 0 ? value.get(ValueLayout.JAVA_INT, 0) : "?");
            }
        }
        return text.toString();
    }

    private static String cudnn(SymbolLookup library) throws Throwable {
        MethodHandle version = Linker.nativeLinker()
                .downcallHandle(library.findOrThrow("cudnnGetVersion"), FunctionDescriptor.of(ValueLayout.JAVA_LONG));
        long number = (long) version.invokeExact();
        // 90501 is 9.5.1; before version 9 it was 8905 for 8.9.5.
        long unit = number >= 10_000 ? 10_000 : 1000;
        return number / unit + "." + number % unit / 100 + "." + number % 100;
    }

    /** Where the loader took it from, which only the system's own list of mappings says. */
    private static Optional<String> path(String file) {
        try (Stream<String> mappings = Files.lines(Path.of("/proc/self/maps"))) {
            return mappings.map(line -> line.substring(Math.max(0, line.indexOf('/'))))
                    .filter(path -> path.contains("/" + file))
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
