package org.cryonext.engine.backend.cuda.image;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.cryonext.engine.io.CacheFolder;
import org.cryonext.engine.io.InputException;

/**
 * Where this machine has NVRTC: where the system property {@code cryonext.nvrtc} says, where {@code cryonext fetch cuda} puts
 * it, in the folders of LD_LIBRARY_PATH, CUDA_PATH, CUDA_HOME, Conda and Python's own packages, where CUDA is usually
 * installed, and where the system's loader looks.
 */
public final class NvrtcFinder {
    /** Names the library, with its path. */
    public static final String PROPERTY = "cryonext.nvrtc";

    private NvrtcFinder() {}

    /** The folder into which {@code cryonext fetch cuda} puts the library and its other half. */
    public static Path fetched() {
        return CacheFolder.of("nvrtc-12.9");
    }

    /**
     * All that can be loaded, the one to be preferred first.
     *
     * @throws InputException if the system property names something else
     */
    public static List<Nvrtc> find() {
        String forced = System.getProperty(PROPERTY);
        if (forced != null) {
            return List.of(Nvrtc.open(forced)
                    .orElseThrow(() -> new InputException("The system property " + PROPERTY + " names " + forced
                            + ", which cannot be loaded or is no NVRTC of CUDA 12 or 13")));
        }
        boolean windows = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");
        Set<Path> seen = new LinkedHashSet<>();
        List<Nvrtc> found = new ArrayList<>();
        for (Path folder : folders(System.getenv(), windows)) {
            for (Path file : libraries(folder, windows)) {
                if (seen.add(real(file))) {
                    Nvrtc.open(file.toString()).ifPresent(found::add);
                }
            }
        }
        if (found.isEmpty()) {
            names(windows).map(Nvrtc::open).flatMap(Optional::stream).forEach(found::add);
        }
        return List.copyOf(found);
    }

    private static Stream<String> names(boolean windows) {
        return windows
                ? Stream.of("nvrtc64_130_0.dll", "nvrtc64_120_0.dll")
                : Stream.of("libnvrtc.so.13", "libnvrtc.so.12");
    }

    private static List<Path> libraries(Path folder, boolean windows) {
        return names(windows).map(folder::resolve).filter(Files::isRegularFile).toList();
    }

    private static Path real(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException e) {
            return file;
        }
    }

    static List<Path> folders(Map<String, String> environment, boolean windows) {
        List<Path> folders = new ArrayList<>(List.of(fetched()));
        String library = windows ? "bin" : "lib64";
        for (String entry : environment
                .getOrDefault(windows ? "PATH" : "LD_LIBRARY_PATH", "")
                .split(File.pathSeparator)) {
            path(entry).ifPresent(folders::add);
        }
        for (String variable : List.of("CUDA_PATH", "CUDA_HOME")) {
            path(environment.getOrDefault(variable, "")).ifPresent(root -> folders.add(root.resolve(library)));
        }
        path(environment.getOrDefault("CONDA_PREFIX", "")).ifPresent(root -> folders.add(root.resolve("lib")));
        path(environment.getOrDefault("VIRTUAL_ENV", ""))
                .ifPresent(root -> matching(root.resolve("lib"), "python3*").stream()
                        .map(python -> python.resolve("site-packages", "nvidia", "cuda_nvrtc", "lib"))
                        .forEach(folders::add));
        if (!windows) {
            folders.add(Path.of("/usr/local/cuda/lib64"));
            matching(Path.of("/usr/local"), "cuda-*").forEach(root -> folders.add(root.resolve("lib64")));
            folders.add(Path.of("/opt/cuda/lib64"));
            folders.add(Path.of("/usr/lib/x86_64-linux-gnu"));
            folders.add(Path.of("/usr/lib64"));
        }
        return folders;
    }

    private static Optional<Path> path(String text) {
        try {
            return text.isBlank() ? Optional.empty() : Optional.of(Path.of(text.strip()));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** Newest version first, as far as names tell. */
    private static List<Path> matching(Path folder, String pattern) {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, pattern)) {
                entries.forEach(found::add);
            } catch (IOException e) {
                // A folder that cannot be read has nothing for this user.
            }
        }
        found.sort(Comparator.comparing(Path::toString).reversed());
        return found;
    }
}
