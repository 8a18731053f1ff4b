package org.cryonext.engine.backend.cuda.driver;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Folders in which parts of NVIDIA's toolkit are usually found, though the system's loader may not look there. */
public final class CudaFolders {
    private CudaFolders() {}

    /**
     * Those of LD_LIBRARY_PATH, CUDA_PATH, CUDA_HOME, Conda and Python's own packages, and where CUDA is usually installed.
     *
     * @param environment the process's variables
     * @param packaged folder of the part in Python's {@code nvidia} packages, for instance {@code cublas}
     */
    public static List<Path> of(Map<String, String> environment, boolean windows, String packaged) {
        List<Path> folders = new ArrayList<>();
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
                        .map(python -> python.resolve("site-packages", "nvidia", packaged, "lib"))
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
