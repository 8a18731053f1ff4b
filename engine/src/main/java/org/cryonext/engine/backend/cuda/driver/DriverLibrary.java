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
 * The driver's library, found without JCuda: this is what every process may do, also on machines without a card.
 *
 * @param path as the system's loader takes it: a file name, or a path where that is not enough
 * @param version the newest CUDA it supports, 12040 for 12.4
 */
record DriverLibrary(String path, int version) {
    /** Names another library in place of the driver's, with its path. */
    static final String PROPERTY = "cryonext.cuda.driver";

    /** CUDA 12.0, that of driver 525. */
    static final int OLDEST = 12000;

    /** Where the loader does not look, but some systems have it: WSL, containers of clusters, NixOS. */
    private static final List<String> FOLDERS = List.of(
            "/usr/lib/wsl/lib",
            "/usr/local/nvidia/lib64",
            "/usr/lib/x86_64-linux-gnu",
            "/usr/lib64",
            "/run/opengl-driver/lib",
            "/.singularity.d/libs");

    private static final String ADVICE = "; install NVIDIA's driver 525 or newer, or use --device cpu";

    /** What was found: a library, or a sentence why there is none. */
    record Search(Optional<DriverLibrary> library, String missing) {
        private static Search failed(String sentence) {
            return new Search(Optional.empty(), sentence);
        }
    }

    /** Looks for the library and asks it for its version; takes milliseconds and touches no card. */
    static Search search() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        boolean windows = system.startsWith("windows");
        if (!windows && !system.startsWith("linux")) {
            return Search.failed("CUDA runs on Linux and Windows only; use --device cpu");
        }
        String machine = System.getProperty("os.arch");
        if (!machine.equals("amd64") && !machine.equals("x86_64")) {
            return Search.failed(
                    "CUDA is supported on x86-64 processors only, this one is " + machine + "; use --device cpu");
        }
        String forced = System.getProperty(PROPERTY);
        if (forced != null && !Files.isRegularFile(Path.of(forced))) {
            return Search.failed("The system property " + PROPERTY + " names " + forced + ", where there is no file");
        }
        String name = windows ? "nvcuda.dll" : "libcuda.so.1";
        for (String candidate : candidates(forced, name)) {
            Optional<Integer> version = version(candidate);
            if (version.isPresent()) {
                return judge(new DriverLibrary(candidate, version.orElseThrow()));
            }
        }
        if (forced != null) {
            return Search.failed(forced + ", which the system property " + PROPERTY
                    + " names, cannot be loaded or is no CUDA driver");
        }
        // The part of the driver in the system's kernel shows in a container, the library only if it was let in.
        String reason = Files.exists(Path.of("/proc/driver/nvidia/version"))
                ? "This machine has NVIDIA's driver, but its library " + name + " cannot be found here; in a container,"
                        + " start that with NVIDIA's container toolkit (--gpus all), or use --device cpu"
                : "There is no NVIDIA driver on this machine (" + name + " cannot be found)" + ADVICE;
        return Search.failed(reason);
    }

    private static List<String> candidates(String forced, String name) {
        if (forced != null) {
            return List.of(Path.of(forced).toAbsolutePath().toString());
        }
        List<String> candidates = new ArrayList<>(List.of(name));
        FOLDERS.stream()
                .map(folder -> Path.of(folder, name))
                .filter(Files::isRegularFile)
                .map(Path::toString)
                .forEach(candidates::add);
        return candidates;
    }

    private static Search judge(DriverLibrary library) {
        return library.version < OLDEST
                ? Search.failed("NVIDIA's driver on this machine supports CUDA " + text(library.version)
                        + " at most, 12.0 is needed: update it to 525 or newer, or use --device cpu")
                : new Search(Optional.of(library), "");
    }

    /** Empty if it cannot be loaded or is something else. */
    private static Optional<Integer> version(String path) {
        try {
            // For good: JCuda finds the library loaded.
            SymbolLookup library = SymbolLookup.libraryLookup(path, Arena.global());
            MemorySegment function = library.find("cuDriverGetVersion").orElse(null);
            if (function == null) {
                return Optional.empty();
            }
            MethodHandle call = Linker.nativeLinker()
                    .downcallHandle(function, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment version = arena.allocate(ValueLayout.JAVA_INT);
                int result = (int) call.invokeExact(version);
                return result == 0 ? Optional.of(version.get(ValueLayout.JAVA_INT, 0)) : Optional.empty();
            }
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        } catch (Throwable e) {
            throw new IllegalStateException("cuDriverGetVersion of " + path, e);
        }
    }

    /** A version as people write it: 12.4. */
    static String text(int version) {
        return version / 1000 + "." + version % 1000 / 10;
    }

    /** The driver's own version, for instance 535.104.05, where the system tells it. */
    static Optional<String> release() {
        return Stream.of("/sys/module/nvidia/version", "/proc/driver/nvidia/version")
                .map(Path::of)
                .filter(Files::isReadable)
                .flatMap(DriverLibrary::numbers)
                .findFirst();
    }

    private static Stream<String> numbers(Path file) {
        try {
            return Stream.of(Files.readString(file).split("\\s+"))
                    .filter(word -> word.matches("\\d+\\.\\d+(\\.\\d+)?"));
        } catch (IOException e) {
            return Stream.empty();
        }
    }
}
